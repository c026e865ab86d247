import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  type CarControl,
  MAX_SPEED,
  type Motion,
  move,
  NEUTRAL,
  standing,
  STEP_RATE,
} from "../../../../agent/simulator/physics.ts";

const AT_REST = standing({ x: 0, y: 0, heading: 0 });

/** The car after some seconds of one control. */
function after(motion: Motion, control: CarControl, seconds: number): Motion {
  let next = motion;
  for (let step = 0; step < seconds * STEP_RATE; step++) {
    next = move(next, { control, surface: "road", power: 1 });
  }
  return next;
}

const anyNumber = fc.oneof(fc.double(), fc.double({ min: -1, max: 1, noNaN: true }));
/** Controls with the time that each is held, in steps. */
const anyDrive = fc.array(
  fc.record({
    steering: anyNumber,
    throttle: anyNumber,
    steps: fc.integer({ min: 1, max: 200 }),
    surface: fc.constantFrom("road" as const, "meadow" as const),
    power: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { maxLength: 12 },
);

function drive(parts: typeof anyDrive extends fc.Arbitrary<infer T> ? T : never): Motion[] {
  let motion = AT_REST;
  return parts.flatMap(({ steps, surface, power, ...control }) =>
    Array.from({ length: steps }, () => motion = move(motion, { control, surface, power }))
  );
}

Deno.test("[CAR1] whatever the control is, the car's state stays finite and bounded", () => {
  fc.assert(fc.property(anyDrive, (parts) => {
    for (const { x, y, heading, forward, sideways, turn, applied } of drive(parts)) {
      ok([x, y, heading, forward, sideways, turn].every(Number.isFinite));
      ok(Math.abs(forward) <= MAX_SPEED && Math.abs(sideways) <= MAX_SPEED);
      ok(Math.abs(applied.steering) <= 1 && Math.abs(applied.throttle) <= 1);
    }
  }));
});

Deno.test("[CAR1] the same control moves the car the same way", () => {
  fc.assert(fc.property(anyDrive, (parts) => deepEqual(drive(parts), drive(parts))));
});

Deno.test("[CAR1] with neutral control the car comes to rest from any drive", () => {
  fc.assert(
    fc.property(anyDrive, (parts) => {
      const rest = after(drive(parts).at(-1) ?? AT_REST, NEUTRAL, 45);
      ok(Math.hypot(rest.forward, rest.sideways) < 0.01, JSON.stringify(rest));
      ok(Math.abs(rest.turn) < 0.01);
    }),
    { numRuns: 40 },
  );
});

Deno.test("[CAR1] steering acts behind its control by a lag, and to the right when positive", () => {
  const first = move(AT_REST, {
    control: { steering: 1, throttle: 1 },
    surface: "road",
    power: 1,
  });
  ok(first.applied.steering > 0 && first.applied.steering < 0.2);
  ok(after(AT_REST, { steering: 0.4, throttle: 0.5 }, 1).heading < 0);
  ok(after(AT_REST, { steering: -0.4, throttle: 0.5 }, 1).heading > 0);
});

Deno.test("[CAR1] a negative throttle brakes sooner than rolling, then drives backwards slowly", () => {
  const fast = after(AT_REST, { steering: 0, throttle: 1 }, 5);
  ok(fast.forward > 8);
  const braked = after(fast, { steering: 0, throttle: -1 }, 1);
  ok(braked.forward < after(fast, NEUTRAL, 1).forward - 3);
  const backwards = after(fast, { steering: 0, throttle: -1 }, 8);
  ok(backwards.forward < -2 && backwards.forward > -4.5);
});

Deno.test("[CAR1] a car that is too fast for its steering runs wide: grip is limited", () => {
  const radius = (throttle: number, seconds: number) => {
    const rolling = after(AT_REST, { steering: 0, throttle }, seconds);
    const { forward, turn } = after(rolling, { steering: 1, throttle: 0 }, 0.5);
    return Math.abs(forward / turn);
  };
  ok(radius(1, 6) > 3 * radius(0.3, 2));
});

Deno.test("[CAR1] steering at a stand moves nothing", () => {
  const { x, y, turn } = after(AT_REST, { steering: 1, throttle: 0 }, 2);
  equal(Math.hypot(x, y), 0);
  equal(turn, 0);
});
