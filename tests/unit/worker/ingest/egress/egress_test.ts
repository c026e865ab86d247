import { deepEqual, equal, ok } from "node:assert/strict";
import { DestinationId } from "../../../../../protocol/ids.ts";
import { createLog } from "../../../../../protocol/log.ts";
import { Egresses } from "../../../../../worker/ingest/egress/egresses.ts";
import type { EgressDestination } from "../../../../../protocol/field/ingest.ts";
import type { EgressListener } from "../../../../../worker/ingest/egress/ports.ts";
import { FakeClock } from "../../../../fakes/clock.ts";
import { SeededRandom } from "../../../../fakes/random.ts";

interface FakeProcess {
  readonly destination: EgressDestination;
  readonly listener: EgressListener;
  readonly written: number[];
  full: boolean;
  killed: boolean;
}

const URL_WITH_KEY = "rtmp://live.example.org/app/SECRET";
const packets = new Uint8Array(1316);

function setup() {
  const clock = new FakeClock();
  const processes: FakeProcess[] = [];
  const lines: string[] = [];
  const wanted: string[] = [];
  const egresses = new Egresses({
    clock,
    random: new SeededRandom(),
    log: createLog({ clock, sink: (line) => void lines.push(line), level: "debug" }),
    start(destination, listener) {
      const written: number[] = [];
      const process = { destination, listener, written, full: false, killed: false };
      processes.push(process);
      return {
        write(bytes) {
          if (!process.full) process.written.push(bytes.length);
          return !process.full;
        },
        [Symbol.dispose]: () => void (process.killed = true),
      };
    },
    wanted: (state) => void wanted.push(state),
  });
  const destination = (id: string, url = URL_WITH_KEY) => ({
    destination_id: DestinationId.parse(id),
    url,
  });
  const send = () => egresses.send(packets);
  const state = () => egresses.stats[0]?.state;
  return { clock, processes, lines, wanted, egresses, destination, send, state };
}

Deno.test("[EGR4] a destination is connected with the first packets, and not before", () => {
  const { egresses, destination, processes, send, state, wanted } = setup();
  egresses.set([destination("d1")]);
  deepEqual([processes.length, state(), wanted], [0, "waiting", ["on"]]);
  send();
  deepEqual([processes.length, state()], [1, "connecting"]);
  processes[0]!.listener.connected();
  processes[0]!.listener.sent(5_000);
  deepEqual([state(), egresses.stats[0]?.sent_bytes], ["sending", 5_000]);
});

Deno.test("[EGR5] a destination that ended is connected again with a longer wait each time, and counts its restarts", () => {
  const { clock, egresses, destination, processes, send, state } = setup();
  egresses.set([destination("d1")]);
  send();
  processes[0]!.listener.sent(700);
  processes[0]!.listener.gone("The destination went away");
  send();
  deepEqual([processes.length, state(), egresses.stats[0]?.detail], [
    1,
    "waiting",
    "The destination went away",
  ]);
  clock.advance(1_300);
  send();
  equal(processes.length, 2);
  processes[1]!.listener.gone("Again");
  clock.advance(1_300);
  send();
  equal(processes.length, 2, "the second wait is longer");
  clock.advance(1_300);
  send();
  deepEqual([processes.length, egresses.stats[0]?.restarts, egresses.stats[0]?.sent_bytes], [
    3,
    2,
    700,
  ]);
});

Deno.test("[EGR5] a destination that accepts less than the stream's bitrate, or nothing for 10 s, is connected again", () => {
  const { clock, egresses, destination, processes, send } = setup();
  egresses.set([destination("d1")]);
  send();
  processes[0]!.full = true;
  send();
  ok(processes[0]!.killed);
  clock.advance(1_300);
  send();
  processes[1]!.listener.connected();
  clock.advance(9_000);
  processes[1]!.listener.sent(1);
  clock.advance(9_000);
  send();
  ok(!processes[1]!.killed);
  clock.advance(2_000);
  send();
  ok(processes[1]!.killed);
});

Deno.test("[EGR6] each destination has its own process, and a destination that stays is not interrupted", () => {
  const { egresses, destination, processes, send, wanted } = setup();
  egresses.set([destination("d1"), destination("d2", "srt://h:1")]);
  send();
  processes[0]!.listener.gone("Broken");
  send();
  deepEqual(processes.map(({ written }) => written.length), [1, 2]);
  egresses.set([destination("d2", "srt://h:1"), destination("d3", "srt://h:2")]);
  ok(!processes[1]!.killed);
  send();
  deepEqual(processes.map(({ destination }) => destination.url), [
    URL_WITH_KEY,
    "srt://h:1",
    "srt://h:2",
  ]);
  egresses.set([]);
  deepEqual(processes.map(({ killed }) => killed), [true, true, true]);
  deepEqual(wanted.at(-1), "off");
});

Deno.test("[EGR3] neither the log nor the figures hold the stream key", () => {
  const { egresses, destination, processes, send, lines } = setup();
  const apart = { ...destination("d3", "rtmp://h/app"), stream_key: "SECRET" };
  egresses.set([destination("d1"), destination("d2", "http://h/SECRET"), apart]);
  send();
  processes[0]!.listener.connected();
  processes[0]!.listener.gone("Gone");
  ok(lines.length >= 2);
  ok(!lines.join().includes("SECRET") && !JSON.stringify(egresses.stats).includes("SECRET"));
  deepEqual(egresses.stats.map(({ state }) => state), ["waiting", "failed", "connecting"]);
});

Deno.test("[EGR6] a destination whose stream key or passphrase changed is connected again", () => {
  const { egresses, destination, processes, send } = setup();
  const first = { ...destination("d1", "srt://h:1"), stream_key: "a", passphrase: "0123456789" };
  egresses.set([first]);
  send();
  egresses.set([{ ...first }]);
  ok(!processes[0]!.killed, "the same again");
  egresses.set([{ ...first, stream_key: "b" }]);
  send();
  egresses.set([{ ...first, stream_key: "b", passphrase: "9876543210" }]);
  send();
  deepEqual(processes.map(({ killed }) => killed), [true, true, false]);
});

Deno.test("[EGR7] disposing ends every process and cancels every planned attempt", () => {
  const { clock, egresses, destination, processes, send } = setup();
  egresses.set([destination("d1"), destination("d2", "srt://h:1")]);
  send();
  processes[0]!.listener.gone("Gone");
  egresses[Symbol.dispose]();
  ok(processes[1]!.killed);
  equal(clock.pending, 0);
});
