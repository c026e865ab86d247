import { ok } from "node:assert/strict";
import fc from "fast-check";
import { createActuators } from "../../../../../agent/actuators/actuators.ts";
import { OUTPUT_DEFAULTS } from "../../../../../agent/actuators/outputs.ts";
import { Vehicle } from "../../../../../agent/vehicle/vehicle.ts";
import { linkToWorker } from "../../../../../agent/vehicle/worker_link.ts";
import type { DialledEvents, dialSealed } from "../../../../../protocol/datagram/endpoint.ts";
import type { LinkEvents } from "../../../../../protocol/datagram/link.ts";
import type { SessionId } from "../../../../../protocol/ids.ts";
import { createLog } from "../../../../../protocol/log.ts";
import { FakeActuator } from "../../../../fakes/actuators/bus.ts";
import { SeededRandom } from "../../../../fakes/random.ts";
import { openDrivingScene } from "../../../../support/driving/room_scene.ts";
import { ana, ben } from "../../../../support/media/room_scene.ts";
import type { RemoteVehicle } from "../../../../../worker/room/driving/remote_vehicle.ts";

const SILENCE = 300;
/** Control on its way when a driver is lost, and a tick of the actuator. */
const SLACK = 60;
const NEUTRAL = 1500;

/** What happens in a schedule. Ana steers to the right alone, and Ben to the left, so that a width names its driver. */
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant("drive"), by: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom("swap", "twitch"), by: fc.nat(1) }) },
  fc.record({ type: fc.constantFrom("seat", "leave", "arm", "disarm", "give"), by: fc.nat(1) }),
  fc.record({ type: fc.constantFrom("steer", "steer", "rest", "silent"), by: fc.nat(1) }),
  fc.record({ type: fc.constant("loss"), share: fc.constantFrom(0, 0.3, 0.6, 1) }),
  fc.record({ type: fc.constantFrom("close", "gone"), by: fc.nat(1) }),
);
type Event = { readonly type: string; readonly by?: number; readonly share?: number };

/**
 * `drive`: somebody takes the seat, arms and steers. `swap`: one who steers already gets the seat of the other.
 * `twitch`: somebody arms and lets go at once, and steers later.
 */
function partsOf(event: Event): Event[] {
  const { type, by = 0 } = event;
  const each = (type: string, by: number) => ({ type, by });
  if (type === "drive") return ["rest", "seat", "arm", "steer"].map((type) => each(type, by));
  if (type === "twitch") {
    return ["rest", "seat", "arm", "disarm", "rest", "rest", "rest", "steer", "steer"]
      .map((type) => each(type, by));
  }
  if (type !== "swap") return [event];
  return [each("steer", by), each("leave", 1 - by), each("seat", by)];
}

/** A room whose vehicle is a whole agent, over a path that loses datagrams. */
async function open(seed: number) {
  const scene = openDrivingScene();
  const { clock, room } = scene;
  const random = new SeededRandom(seed + 1);
  const bus = new FakeActuator(clock);
  const path = { loss: 0, close: () => {} };
  const pass = (deliver: () => void) => {
    if (random.unit() >= path.loss) clock.after(5 + 10 * random.unit(), deliver);
  };
  const log = createLog({ clock, sink: () => {} });
  const dial = ((_ports, { events }: { events: DialledEvents }) => {
    let isOpen = true;
    const theirs: LinkEvents = (room.driving!.vehicle as RemoteVehicle).opened({
      direct(bytes) {
        pass(() => isOpen && events.direct(bytes));
        return undefined;
      },
    });
    const direct = (bytes: Uint8Array) => {
      pass(() => isOpen && theirs.direct(bytes));
      return undefined;
    };
    events.opened({ direct } as Parameters<DialledEvents["opened"]>[0]);
    path.close = () => {
      if (!isOpen) return;
      isOpen = false;
      theirs.closed("silent");
      events.closed("silent");
    };
    return Promise.resolve({ [Symbol.dispose]: () => path.close() });
  }) as typeof dialSealed;
  const vehicle = new Vehicle({
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
          ...{ clock, random, log, dial, silence: SILENCE },
          resolve: () => Promise.resolve(["10.0.0.1"]),
        },
        target,
        events,
      ),
    changed: () => {},
  });
  vehicle.drive({ host: "worker", port: 15_001, secret: "00".repeat(40) });
  for (const each of [ana, ben]) await scene.enter(each);
  await clock.run(200);
  return { ...scene, bus, path };
}

Deno.test("[DRV21] [DRV22] in no schedule of drivers, losses and links the wheel follows somebody who did not arm it, or turns on", async () => {
  let turned = 0;
  const schedules = fc.array(fc.tuple(event, fc.constantFrom(20, 20, 60, 100, 400)), {
    minLength: 15,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(schedules, fc.nat(), async (events, seed) => {
      const { clock, bus, path, steer, seat, command, holder, peers, enter } = await open(seed);
      const wishes: Record<string, number | undefined> = {};
      /** When each driver got the seat, armed, and sent the newest wish while it had the seat. */
      const gained: Record<string, number> = {};
      const armed: Record<string, number> = {};
      const wished: Record<string, number> = {};
      const disarmed: Record<string, number> = {};
      let last: SessionId | undefined;
      /** When each driver who had armed lost the seat, or disarmed. */
      const lost: Record<string, number> = {};
      const note = () => {
        const now = holder();
        if (now === last) return;
        if (last && (armed[last] ?? -1) >= gained[last]!) lost[last] = clock.now();
        if (now) gained[now] = clock.now();
        last = now;
      };
      const happen = async ({ type, by = 0, share }: Event) => {
        const who = by === 0 ? ana : ben;
        switch (type) {
          case "seat":
            return void await seat(who);
          case "leave":
            return void await seat(who, null);
          case "steer":
            wishes[who] = by === 0 ? 0.8 : -0.8;
            return;
          case "rest":
            wishes[who] = 0;
            return;
          case "silent":
            wishes[who] = undefined;
            return;
          case "loss":
            path.loss = share!;
            return;
          case "close":
            return path.close();
          case "gone":
            peers.get(who)!.listener.closed("gone");
            note();
            return await enter(who);
          default:
            if (type === "arm" && holder() === who) armed[who] = clock.now();
            if (type === "disarm" && holder() === who) lost[who] = disarmed[who] = clock.now();
            return command(who, type);
        }
      };
      wishes[ana] = wishes[ben] = 0;
      await seat(ana);
      note();
      let checked = bus.writes.length;
      const step = async () => {
        for (const who of [ana, ben]) {
          if (wishes[who] === undefined) continue;
          steer(who, wishes[who]);
          if (holder() === who) wished[who] = clock.now();
        }
        await clock.run(20);
        for (const { at, pulses } of bus.writes.slice(checked)) {
          const { width } = pulses[0]!;
          if (width === NEUTRAL) continue;
          turned++;
          const driver = width > NEUTRAL ? ana : ben;
          const since = Math.max(gained[driver] ?? Infinity, (disarmed[driver] ?? -1) + 1);
          const isOnItsWay = at - (lost[driver] ?? -Infinity) <= SILENCE + SLACK;
          const isArmed = (armed[driver] ?? -1) >= since || isOnItsWay;
          ok(isArmed, `${driver} drives at ${at} without having armed since ${since}`);
          const age = at - (wished[driver] ?? -Infinity);
          ok(age <= SILENCE + SLACK, `the wheel is turned ${age} ms after the newest wish`);
        }
        checked = bus.writes.length;
      };
      for (let count = 0; count < 10; count++) await step();
      const run = async (each: Event, wait: number) => {
        await happen(each);
        note();
        for (let passed = 0; passed < wait; passed += 20) await step();
      };
      for (const [each, wait] of [[{ type: "drive", by: 0 }, 100] as const, ...events]) {
        for (const part of partsOf(each)) await run(part, wait);
      }
    }),
    { numRuns: 120 },
  );
  ok(turned > 1_000, `the wheel turned ${turned} times`);
});
