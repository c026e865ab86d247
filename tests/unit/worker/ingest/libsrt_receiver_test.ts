import { deepEqual, equal, match } from "node:assert/strict";
import { decodeReceiverTime } from "../../../../media/links/receiver_time.ts";
import { OPTION } from "../../../../media/links/libsrt.ts";
import { receiveByLibsrt } from "../../../../worker/ingest/srt/libsrt_receiver.ts";
import { receiveSrt } from "../../../../worker/ingest/srt/receiver.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeLibsrt } from "../../../fakes/links/libsrt.ts";

async function setup({ taken = [] as number[], library = new FakeLibsrt() } = {}) {
  const events: string[] = [];
  const clock = new FakeClock();
  const receiver = receiveByLibsrt(
    {
      clock,
      instant: () => clock.epoch(),
      address: "127.0.0.1",
      ports: [15_000, 15_002],
      latency: 120,
      passphrase: "0123456789",
      listener: {
        bound: (port) => void events.push(`bound ${port}`),
        connected: () => void events.push("connected"),
        bytes: (bytes) => void events.push(`bytes ${bytes.length}`),
        disconnected: () => void events.push("disconnected"),
        failed: (error) => void events.push(error),
      },
    },
    library,
    (_address, port) => Promise.resolve(!taken.includes(port)),
  );
  await library.settle();
  return { clock, library, events, receiver };
}

Deno.test("[ING12] [ING19] it listens with the passphrase at the first port that is free", async () => {
  const { library, events } = await setup({ taken: [15_000] });
  deepEqual(events, ["bound 15002"]);
  equal(library.options.get(OPTION.passphrase), "0123456789");
  equal(library.options.get(OPTION.receiveLatency), 120);
});

Deno.test("[ING12] without a free port it fails, and names the first", async () => {
  const { events } = await setup({ taken: [15_000, 15_002] });
  match(events[0]!, /^Cannot listen for a field stream: port 15000: another socket has it/);
  const library = new FakeLibsrt();
  library.binds = false;
  const refused = await setup({ library });
  match(refused.events[0]!, /port 15000: SRT cannot bind it/);
});

Deno.test("[ING26] messages of a caller are passed on; one that calls again takes the place of its lost connection", async () => {
  const { library, events } = await setup();
  const first = await library.call();
  await library.arrive(first, new Uint8Array(1316));
  const second = await library.call();
  await library.arrive(first, new Uint8Array(7));
  await library.arrive(second, new Uint8Array(188));
  await library.break(second);
  deepEqual(events.slice(1), [
    "connected",
    "bytes 1316",
    "disconnected",
    "connected",
    "bytes 188",
    "disconnected",
  ]);
  deepEqual(library.closed, [first, second]);
});

Deno.test("[ING27] the receiver measures its caller, and its counts go on over reconnections", async () => {
  const { library, receiver } = await setup();
  equal(receiver.figures, undefined);
  const first = await library.call();
  deepEqual(receiver.figures, { rtt: 31, recovered: 3, late: 1 });
  await library.break(first);
  equal(receiver.figures, undefined);
  await library.call();
  deepEqual(receiver.figures, { rtt: 31, recovered: 6, late: 2 });
});

Deno.test("[ING28] a keyframe is asked of the caller by one byte, and of nobody while there is none", async () => {
  const { library, receiver } = await setup();
  receiver.requestKeyframe();
  const socket = await library.call();
  receiver.requestKeyframe();
  deepEqual(library.sent, [{ socket, message: Uint8Array.of(1) }]);
});

Deno.test("[CAP3] the caller is told the time five times a second, and nobody while there is none", async () => {
  const { clock, library } = await setup();
  clock.advance(1_000);
  deepEqual(library.sent, []);
  const socket = await library.call();
  clock.advance(1_000);
  equal(library.sent.length, 5);
  const { message, socket: to } = library.sent[4]!;
  deepEqual([decodeReceiverTime(message), to], [clock.epoch(), socket]);
});

Deno.test("[ING26] a listener that SRT ends is reported", async () => {
  const { library, events } = await setup();
  await library.call(-1);
  match(events[1]!, /Cannot listen on port 15000 any more/);
});

Deno.test("[ING26] a worker without libsrt says what it lacks, and how to install it", () => {
  const said: string[] = [];
  const receiver = receiveSrt({
    ...{ clock: new FakeClock(), instant: () => 0, address: "127.0.0.1", ports: [], latency: 120 },
    listener: {
      bound: () => {},
      connected: () => {},
      bytes: () => {},
      disconnected: () => {},
      failed: () => {},
    },
  }, {
    missing: (sentence) => void said.push(sentence),
    load: () => {
      throw new Error("no such file");
    },
  });
  equal(receiver.figures, undefined);
  equal(said.length, 1);
  match(said[0]!, /no such file.*apt-get install libsrt1\.5-gnutls/);
});
