import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { createActuators, REOPEN, TICK } from "../../../../agent/actuators/actuators.ts";
import { OUTPUT_DEFAULTS, type OutputConfig } from "../../../../agent/actuators/outputs.ts";
import { FakeActuator } from "../../../fakes/actuators/bus.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const STEERING: OutputConfig = { ...OUTPUT_DEFAULTS, input: "steering", output: 0, trim: 20 };
const THROTTLE: OutputConfig = { ...OUTPUT_DEFAULTS, input: "throttle", output: 3, rate: 5_000 };
const NEUTRAL = [1520, 1500];

/** A vehicle with its clock. */
function vehicle({ silence = 500, fault }: { silence?: number; fault?: string } = {}) {
  const clock = new FakeClock();
  const bus = new FakeActuator(clock);
  bus.fault = fault;
  const actuators = createActuators({
    outputs: [STEERING, THROTTLE],
    silence,
    clock,
    open: bus.open,
    listener: bus.listener,
  });
  const drive = (steering: number, throttle = 0, sentAt: number = clock.now()) =>
    actuators.control({ wish: { steering, throttle }, sentAt });
  /** Controls every 10 ms. */
  const hold = (steering: number, throttle: number, ms: number) => {
    const end = clock.now() + ms;
    for (; clock.now() < end; clock.advance(10)) drive(steering, throttle);
  };
  const arm = () => {
    hold(0, 0, 20);
    actuators.arm();
  };
  return { clock, bus, actuators, drive, hold, arm };
}

Deno.test("[ACT4] neutral is written first, and until the vehicle is armed", () => {
  const { bus, hold, actuators } = vehicle();
  deepEqual(bus.widths, NEUTRAL);
  hold(1, 1, 300);
  equal(bus.writes.every(({ pulses }) => pulses[0]!.width === 1520), true);
  deepEqual(actuators.state, { state: "disarmed" });
});

Deno.test("[ACT4] an armed vehicle follows its driver at once, within the rate of each output", () => {
  const { bus, arm, drive, clock } = vehicle();
  arm();
  clock.advance(5);
  drive(1, 1);
  deepEqual(bus.widths, [2000, 1525]);
  clock.advance(100);
  deepEqual(bus.widths, [2000, 2000]);
});

Deno.test("[ACT7] a driver who is not at rest, or sends nothing, does not arm", () => {
  const { bus, actuators, drive, clock } = vehicle();
  actuators.arm();
  drive(0, 0.5);
  actuators.arm();
  clock.advance(10);
  drive(0.04, 0);
  actuators.arm();
  deepEqual(bus.reports, [
    { state: "disarmed" },
    "no_control",
    "not_at_rest",
    { state: "armed" },
  ]);
});

Deno.test("[ACT5] after a failsafe control alone moves nothing; arming at rest does", () => {
  const { bus, actuators, arm, hold, clock } = vehicle();
  arm();
  hold(1, 1, 100);
  clock.advance(511);
  deepEqual([bus.widths, actuators.state], [NEUTRAL, { state: "failsafe", cause: "silent" }]);
  hold(1, 1, 100);
  deepEqual(bus.widths, NEUTRAL);
  actuators.arm();
  equal(bus.reports.at(-1), "not_at_rest");
  arm();
  hold(1, 1, 10);
  equal(bus.widths[0], 2000);
});

for (
  const cause of [
    "disconnected",
    "worker_lost",
    "browser_lost",
    "handed_over",
    "agent_lost",
  ] as const
) {
  Deno.test(`[ACT5] neutral at once, and reported once: ${cause}`, () => {
    const { bus, actuators, arm, hold } = vehicle();
    arm();
    hold(1, 1, 200);
    actuators.linkLost(cause);
    deepEqual(bus.widths, NEUTRAL);
    actuators.linkLost("disconnected");
    hold(1, 1, 100);
    deepEqual(bus.widths, NEUTRAL);
    deepEqual(bus.reports.slice(2), [{ state: "failsafe", cause }]);
  });
}

Deno.test("[ACT6] a sender that repeats a time, and control that is late, end in failsafe", () => {
  for (const cause of ["stuck", "stale"] as const) {
    const { bus, arm, hold, drive, clock, actuators } = vehicle();
    arm();
    hold(1, 0, 100);
    const last = clock.now() - 10;
    for (let sent = 1; sent <= 51; sent++) {
      clock.advance(10);
      drive(1, 0, cause === "stuck" ? last : last + sent / 100);
    }
    deepEqual([bus.widths, actuators.state], [NEUTRAL, { state: "failsafe", cause }]);
  }
});

for (const difference of [300, 400, 500, 600]) {
  for (const before of ["armed", "disarmed"] as const) {
    Deno.test(`[ACT6] when a path that is ${difference} ms quicker is gone, a vehicle that was ${before} is armed over the other one`, () => {
      const { bus, actuators, arm, hold, drive, clock } = vehicle({ silence: 200 });
      arm();
      hold(0.5, 0, 5_000);
      const last = clock.now() - 10;
      if (before === "disarmed") actuators.disarm();
      /** Controls come over the slow path alone, each once. */
      const slow = (steering: number, ms: number) => {
        for (const end = clock.now() + ms; clock.now() < end; clock.advance(10)) {
          if (clock.now() - difference > last) drive(steering, 0, clock.now() - difference);
        }
      };
      slow(0.5, 1_000);
      if (before === "armed") deepEqual(actuators.state, { state: "failsafe", cause: "silent" });
      deepEqual(bus.widths, NEUTRAL);
      slow(0, 100);
      actuators.arm();
      deepEqual(actuators.state, { state: "armed" });
      slow(0.5, 5_000);
      deepEqual([actuators.state, bus.widths[0]! > 1700], [{ state: "armed" }, true]);
      const heldUp = clock.now() - difference;
      for (let sent = 1; sent <= 21; sent++, clock.advance(10)) drive(0.5, 0, heldUp + sent / 100);
      deepEqual([bus.widths, actuators.state], [NEUTRAL, { state: "failsafe", cause: "stale" }]);
    });
  }
}

Deno.test("[ACT6] a sender's time that was repeated does not count after any failsafe", () => {
  const { bus, arm, hold, drive, clock, actuators } = vehicle();
  arm();
  hold(0, 0, 100);
  const last = clock.now() - 10;
  clock.advance(5_000);
  for (let count = 0; count < 100; count++, clock.advance(10)) drive(0, 0, last);
  actuators.arm();
  equal(bus.reports.at(-1), "no_control");
});

Deno.test("[ACT5] a machine that slept goes on neutral, whatever waited for it", () => {
  const { bus, arm, hold, drive, clock } = vehicle();
  arm();
  hold(1, 1, 100);
  clock.sleep(60_000);
  drive(1, 1);
  deepEqual(bus.widths, NEUTRAL);
});

Deno.test("[ACT3] control that is no number in range does not count", () => {
  const { bus, arm, hold, drive, clock, actuators } = vehicle();
  arm();
  hold(0.5, 0, 100);
  for (let time = 0; time < 510; time += 10) {
    for (const value of [NaN, Infinity, 1.5]) drive(value, 0);
    drive(0.5, 0, NaN);
    clock.advance(10);
  }
  deepEqual([bus.widths, actuators.state], [NEUTRAL, { state: "failsafe", cause: "silent" }]);
});

Deno.test("[ACT8] a bus that fails ends in failsafe with its sentence, and is opened again", () => {
  const { bus, arm, hold, clock, actuators } = vehicle();
  arm();
  hold(1, 1, 100);
  bus.fault = "Cannot write to /dev/i2c-1: no such device";
  clock.advance(TICK);
  deepEqual(actuators.state, { state: "failsafe", cause: "actuator_failed", error: bus.fault });
  equal(bus.isClosed, true);
  hold(0, 0, 50);
  actuators.arm();
  equal(bus.reports.at(-1), "actuator_failed");
  actuators.disarm();
  equal(actuators.state.state, "failsafe");
  bus.fault = undefined;
  clock.advance(REOPEN + TICK);
  deepEqual(bus.widths, NEUTRAL);
  deepEqual(actuators.state, { state: "failsafe", cause: "actuator_failed" });
  arm();
  deepEqual(actuators.state, { state: "armed" });
});

Deno.test("[ACT8] a bus that cannot be opened at the start is a failsafe", () => {
  const { bus, actuators, clock } = vehicle({ fault: "Cannot open /dev/ttyS9: no such file" });
  deepEqual(bus.reports, [
    { state: "failsafe", cause: "actuator_failed", error: "Cannot open /dev/ttyS9: no such file" },
  ]);
  actuators[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[ACT4] neutral is written last", () => {
  const { bus, actuators, arm, hold, clock } = vehicle();
  arm();
  hold(1, 1, 100);
  actuators[Symbol.dispose]();
  deepEqual([bus.widths, bus.isClosed, clock.pending], [NEUTRAL, true, 0]);
  const count = bus.writes.length;
  hold(1, 1, 100);
  actuators.arm();
  actuators.linkLost("disconnected");
  actuators[Symbol.dispose]();
  equal(bus.writes.length, count);
});

Deno.test("[ACT4] control that comes faster than the bus is written costs no write of its own", () => {
  const { bus, arm, drive, clock } = vehicle();
  arm();
  clock.advance(10);
  const before = bus.writes.length;
  for (let sent = 0; sent < 1_000; sent++) {
    clock.advance(0.1);
    drive(sent / 1_000, 0);
  }
  ok(bus.writes.length - before <= 26);
  clock.advance(4);
  ok(bus.widths[0]! > 1990);
});

/** What may happen to a vehicle, with the time until then. */
const anyEvent = fc.record({
  wait: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 900 })),
  type: fc.constantFrom("drive", "drive", "begin", "repeat", "late", "arm", "disarm", "lost"),
  value: fc.integer({ min: -20, max: 20 }).map((tenths) => Math.max(-1, Math.min(1, tenths / 10))),
});

Deno.test("[ACT5] in no schedule an output stays off neutral beyond the silence and one tick, or leaves its limits", () => {
  let driven = 0;
  const anySchedule = fc.array(anyEvent, { minLength: 5, maxLength: 60 });
  fc.assert(
    fc.property(anySchedule, fc.constantFrom(150, 500), (events, silence) => {
      const { bus, actuators, drive, clock } = vehicle({ silence });
      const sent: number[] = [];
      const arrived: number[] = [];
      let last: number | undefined;
      /** Whether the vehicle can know how long a control was held up: not by the first one after a silence. */
      let isKnown = true;
      const send = (value: number, sentAt: number) => {
        last = sentAt;
        drive(value, value, sentAt);
        if (sentAt === clock.now()) isKnown = true;
        else if (actuators.state.state !== "armed") isKnown = false;
        sent.push(isKnown ? sentAt : clock.now());
        arrived.push(clock.now());
      };
      const act = {
        drive(value: number) {
          for (let count = 0; count < 10; count++, clock.advance(16)) send(value, clock.now());
        },
        begin() {
          send(0, clock.now());
          actuators.arm();
        },
        repeat: (value: number) => last !== undefined && drive(value, value, last),
        // It was sent just after the last one, and was held up since.
        late: (value: number) => send(value, last === undefined ? clock.now() : last + 0.001),
        arm: () => actuators.arm(),
        disarm: () => actuators.disarm(),
        lost() {
          actuators.linkLost("disconnected");
          last = undefined;
        },
      };
      for (const { wait, type, value } of events) {
        clock.advance(wait);
        act[type](value);
        if (type === "disarm" || type === "lost") deepEqual(bus.widths, NEUTRAL);
      }
      clock.advance(silence + TICK);
      deepEqual(bus.widths, NEUTRAL);
      let before = { at: 0, widths: NEUTRAL };
      for (const { at, pulses } of bus.writes) {
        const widths = pulses.map(({ width }) => width);
        ok(at - before.at <= TICK + 1e-6);
        if (widths.join() !== NEUTRAL.join()) {
          driven++;
          for (const times of [sent, arrived]) {
            ok(times.some((time) => time <= at && at - time < silence), `${widths} at ${at}`);
          }
          const most = THROTTLE.rate! * (at - before.at) / 1000 + 1e-6;
          ok(Math.abs(widths[1]! - before.widths[1]!) <= most);
        }
        for (const width of widths) ok(width >= 1000 && width <= 2000);
        before = { at, widths };
      }
    }),
    { numRuns: 150 },
  );
  ok(driven > 1_000, `${driven} writes off neutral`);
});
