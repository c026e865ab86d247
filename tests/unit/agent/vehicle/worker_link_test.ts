import { deepEqual, equal, ok } from "node:assert/strict";
import type { WorkerLinkEvents } from "../../../../agent/vehicle/ports.ts";
import { linkToWorker } from "../../../../agent/vehicle/worker_link.ts";
import type { DialledEvents, dialSealed } from "../../../../protocol/datagram/endpoint.ts";
import { DrivingEnd } from "../../../../protocol/driving/driving_end.ts";
import { compactProfile } from "../../../../protocol/driving/profile.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const SECRET = "0123456789abcdef".repeat(5);

/** Until a datagram arrives, in milliseconds. */
const DELAY = 5;

/** A link to a worker, with the worker's end. */
async function linked() {
  const clock = new FakeClock();
  const random = new SeededRandom(1);
  const lines: string[] = [];
  const log = createLog({ clock, level: "debug", sink: (line) => void lines.push(line) });
  const dialled: DialledEvents[] = [];
  const seen: unknown[] = [];
  const telemetry: unknown[] = [];
  const dial = ((_ports, settings) => {
    dialled.push(settings.events);
    return Promise.resolve({ [Symbol.dispose]: () => void seen.push("closed") });
  }) as typeof dialSealed;
  const events: WorkerLinkEvents = {
    opened: () => void seen.push("opened"),
    control: (wish, sentAt) => void seen.push({ wish, sentAt }),
    order: (order) => void seen.push(order),
    lost: (cause) => void seen.push(cause),
  };
  const link = linkToWorker(
    { clock, random, log, silence: 500, dial, resolve: () => Promise.resolve(["10.0.0.1"]) },
    { host: "worker.example", port: 15_001, secret: SECRET },
    events,
  );
  await clock.run(0);
  /** Opens the newest dialled link. */
  const open = () => {
    const theirs = dialled.at(-1)!;
    const worker: DrivingEnd = new DrivingEnd({
      profile: compactProfile,
      port: {
        send(bytes) {
          clock.after(DELAY, () => theirs.direct(bytes));
          return true;
        },
      },
      random,
      events: { changed: () => {}, telemetry: (t) => void telemetry.push(t), error: () => {} },
    }, { epoch: clock.epoch(), now: clock.now() });
    const direct = (bytes: Uint8Array) => {
      clock.after(DELAY, () => worker.receive(bytes, clock.now()));
      return undefined;
    };
    theirs.opened({ direct } as Parameters<DialledEvents["opened"]>[0]);
    clock.advance(2 * DELAY);
    return worker;
  };
  return { clock, link, dialled, seen, telemetry, open, lines };
}

Deno.test("[DRV21] a wish reaches the vehicle with the worker's time in milliseconds, and a command once", async () => {
  const { clock, seen, open } = await linked();
  const worker = open();
  equal(worker.state, "connected");
  worker.drive({ steering: 1, throttle: 0 }, clock.now());
  clock.advance(20);
  worker.drive({ steering: -1, throttle: 0 }, clock.now());
  worker.command({ command: "arm", parameters: { order: 1 }, ended: () => {} }, clock.now());
  worker.command({ command: "arm", parameters: {}, ended: () => {} }, clock.now());
  worker.command({ command: "fly", parameters: { order: 2 }, ended: () => {} }, clock.now());
  clock.advance(DELAY);
  const times = seen.flatMap((each) =>
    typeof each === "object" && each !== null && "sentAt" in each ? [Number(each.sentAt)] : []
  );
  equal(times.length, 2);
  equal(Math.round(times[1]! - times[0]!), 20);
  deepEqual(seen.at(-1), { command: "arm", parameters: { order: 1 } });
});

Deno.test("[DRV21] a link that ends is reported and dialled again after a second", async () => {
  const { clock, dialled, seen, open } = await linked();
  open();
  dialled[0]!.closed("done");
  equal(seen.at(-1), "worker_lost");
  await clock.run(999);
  equal(dialled.length, 1);
  await clock.run(1);
  equal(dialled.length, 2);
  dialled[1]!.closed("unanswered");
  equal(seen.at(-1), "worker_lost", "a link that was not open is not lost");
  await clock.run(1_000);
  open();
  dialled[2]!.closed("silent");
  equal(seen.at(-1), "disconnected");
});

Deno.test("[DRV21] a worker that says nothing on an open link is lost", async () => {
  const { clock, seen, open } = await linked();
  open();
  clock.advance(6_000);
  deepEqual(
    seen,
    ["opened", "disconnected", "opened"],
    "its answer to the next Syn connects again",
  );
});

Deno.test("[DRV24] a link that is disposed closes, dials no more and reports nothing; its secret is in no log", async () => {
  const { clock, link, dialled, seen, open, lines } = await linked();
  open();
  link[Symbol.dispose]();
  equal(seen.at(-1), "closed");
  dialled[0]!.closed("done");
  await clock.run(60_000);
  deepEqual([dialled.length, seen.at(-1), clock.pending], [1, "closed", 0]);
  ok(!lines.join().includes(SECRET.slice(0, 16)));
});

Deno.test("[DRV17] reports are sent ten times a second, the newest alone", async () => {
  const { clock, link, telemetry, open } = await linked();
  open();
  for (let count = 0; count < 100; count++, clock.advance(10)) {
    link.telemetry({ state: "disarmed", readings: { battery_v: { value: count, age_ms: 0 } } });
  }
  ok(telemetry.length >= 9 && telemetry.length <= 11, `${telemetry.length}`);
});
