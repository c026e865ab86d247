import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { createActuators } from "../../../../agent/actuators/actuators.ts";
import { OUTPUT_DEFAULTS } from "../../../../agent/actuators/outputs.ts";
import { Vehicle } from "../../../../agent/vehicle/vehicle.ts";
import { linkToWorker } from "../../../../agent/vehicle/worker_link.ts";
import { listenSealed } from "../../../../protocol/datagram/endpoint.ts";
import { createLog } from "../../../../protocol/log.ts";
import type { Outcome } from "../../../../worker/room/driving/answers.ts";
import { listenForVehicle } from "../../../../worker/room/driving/listen.ts";
import { RemoteVehicle } from "../../../../worker/room/driving/remote_vehicle.ts";
import { FakeActuator } from "../../../fakes/actuators/bus.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { PathNet, WORKER } from "../../../support/driving/path_net.ts";

const SILENCE = 500;
const SECRET = "0123456789abcdef".repeat(5);
const AHEAD = { steering: 0.5, throttle: 0 };
const AT_REST = { steering: 0, throttle: 0 };
/** Until a path that came back carries control again, in milliseconds: the wait, and the handshake. */
const TAKEN_UP = 2_500;
/** Until a link whose socket is silent is noticed and dialled with a new one, in milliseconds. */
const REDIALLED = 5_000;

/** A vehicle and its worker with a link on each path; the driver has armed it and steers. */
async function driven(delays: readonly number[], seed = 1) {
  const clock = new FakeClock();
  const random = new SeededRandom(seed);
  const log = createLog({ clock, sink: () => {} });
  const net = new PathNet(clock, delays);
  const bus = new FakeActuator(clock);
  const remote = new RemoteVehicle({ clock, random, log });
  const stack = new DisposableStack();
  stack.use(listenForVehicle(
    {
      ...{ clock, random, log },
      listen: (ports, settings) => listenSealed({ ...ports, open: net.openWorker }, settings),
    },
    { address: "0.0.0.0", port: WORKER.port, secret: SECRET },
    remote,
  ));
  await clock.run(0);
  const vehicle = stack.use(
    new Vehicle({
      clock,
      log,
      actuator: "log",
      openActuators: (listener) =>
        createActuators({
          outputs: [{ ...OUTPUT_DEFAULTS, input: "steering", output: 0 }],
          silence: SILENCE,
          clock,
          open: bus.open,
          listener,
        }),
      connect: (target, events) =>
        linkToWorker(
          {
            ...{ clock, random, log, silence: SILENCE },
            resolve: (host) => Promise.resolve([host]),
            openerFor: (path) => net.openFor(net.paths[Number(path.interface)]!),
          },
          target,
          events,
        ),
      changed: () => {},
    }),
  );
  vehicle.drive({
    ...WORKER,
    secret: SECRET,
    paths: delays.map((_, n) => ({ host: WORKER.host, interface: `${n}` })),
  });
  let wish = AT_REST;
  let next = 0;
  /** Lets time pass while the driver repeats the wish, as a page does. */
  const run = async (ms: number) => {
    for (const end = clock.now() + ms; clock.now() < end; await clock.run(1)) {
      if (clock.now() < next) continue;
      next = clock.now() + 33;
      remote.settle();
      remote.drive(wish);
    }
  };
  const steer = async (answered = 1_000) => {
    wish = AT_REST;
    await run(2_000);
    const outcomes: Outcome[] = [];
    remote.arm((outcome) => void outcomes.push(outcome));
    await run(answered);
    deepEqual(outcomes, ["done"]);
    wish = AHEAD;
    await run(500);
    equal(vehicle.status.state, "armed");
  };
  await steer();
  return { clock, net, remote, vehicle, run, steer, bus, [Symbol.dispose]: () => stack.dispose() };
}

/** When a direction of a path is cut and comes back, in milliseconds; as often as listed. */
const cut = fc.record({
  path: fc.nat(1),
  way: fc.constantFrom("up", "down", "both"),
  at: fc.nat(6_000),
  lasts: fc.constantFrom(40, 300, 600, 2_000, 5_000, 9_000),
});

Deno.test("[DRV35] whatever happens to other paths at any moment, a vehicle with one that passes everything never goes to failsafe", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(cut, { minLength: 1, maxLength: 6 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 3, maxLength: 3 }),
      fc.nat(2),
      fc.nat(),
      async (cuts, delays, whole, seed) => {
        using scene = await driven(delays, seed);
        const { net, run, vehicle, clock, remote } = scene;
        const others = net.paths.filter((_, n) => n !== whole);
        const begin = clock.now();
        const last = Math.max(...cuts.map(({ at, lasts }) => at + lasts));
        for (let now = 0; now < last + 500; now = clock.now() - begin) {
          for (const [n, path] of others.entries()) {
            const isCut = (way: string) =>
              cuts.some((each) =>
                each.path === n && each.way !== way && each.at <= now && now < each.at + each.lasts
              );
            path.upCut = isCut("down");
            path.downCut = isCut("up");
          }
          await run(20);
          deepEqual(vehicle.status, { actuator: "log", state: "armed" });
          equal(remote.view.link, "connected");
        }
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("[DRV35] paths may take turns: one that came back carries control before the other one ends", async () => {
  using scene = await driven([15, 60]);
  const { net, run, vehicle } = scene;
  for (const [lasts, n] of [[400, 0], [5_000, 1], [12_000, 0], [3_600, 1]] as const) {
    const path = net.paths[n]!;
    path.upCut = path.downCut = true;
    await run(lasts);
    path.upCut = path.downCut = false;
    await run(TAKEN_UP);
    equal(vehicle.status.state, "armed", `after path ${n} was cut for ${lasts} ms`);
  }
});

Deno.test("[DRV35] [ACT5] without any path the vehicle goes to failsafe as quickly as with a single one, and is driven again when one is back", async () => {
  const failsafeAfter = async (delays: readonly number[]) => {
    using scene = await driven(delays);
    const { net, run, vehicle, clock, bus, steer } = scene;
    for (const path of net.paths) path.upCut = path.downCut = true;
    const cutAt = clock.now();
    while (vehicle.status.state === "armed") await run(1);
    const { at, pulses } = bus.writes.at(-1)!;
    equal(pulses[0]!.width, 1500);
    ok(at - cutAt <= SILENCE + 50, `${at - cutAt}`);
    await run(10_000);
    net.paths[0]!.upCut = net.paths[0]!.downCut = false;
    await run(TAKEN_UP);
    equal(vehicle.status.state, "failsafe");
    await steer();
    return at - cutAt;
  };
  const single = await failsafeAfter([20]);
  ok(await failsafeAfter([20, 20, 20]) <= single);
});

Deno.test("[DRV27] [DRV36] when all sockets fall silent at once the outputs are neutral within the silence and 50 ms, and new sockets take control up", async () => {
  using scene = await driven([20, 60]);
  const { net, run, vehicle, clock, bus, steer } = scene;
  net.killSockets();
  const diedAt = clock.now();
  while (vehicle.status.state === "armed") await run(1);
  const { at, pulses } = bus.writes.at(-1)!;
  equal(pulses[0]!.width, 1500);
  ok(at - diedAt <= SILENCE + 50, `${at - diedAt}`);
  await run(REDIALLED);
  equal(vehicle.status.state, "failsafe");
  await steer();
});

Deno.test("[DRV35] a command is carried out once, however many paths carry it", async () => {
  using scene = await driven([5, 40, 90]);
  const { remote, run, vehicle } = scene;
  const outcomes: Outcome[] = [];
  remote.stop("disarm", (outcome) => void outcomes.push(outcome));
  await run(500);
  deepEqual([outcomes, vehicle.status.state], [["done"], "disarmed"]);
});

Deno.test("[DRV7] [DRV35] a path that is much slower takes over when the link of a quicker one ended, within one connection", async () => {
  for (const slow of [520, 600, 700]) {
    using scene = await driven([20, slow]);
    const { net, run, steer, remote } = scene;
    net.paths[0]!.upCut = net.paths[0]!.downCut = true;
    for (let waited = 0; waited < 4_500; waited += 20) {
      await run(20);
      equal(remote.view.link, "connected", `${slow} ms, ${waited} ms later`);
    }
    await steer(2_500);
  }
});
