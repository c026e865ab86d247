import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  advance,
  type Car,
  chargeOf,
  isDriven,
  type Received,
  SILENCE,
  startCar,
} from "../../../../agent/simulator/drive.ts";
import { hitCones, hitWalls, UPRIGHT_CONES } from "../../../../agent/simulator/collisions.ts";
import { standing, velocityOf } from "../../../../agent/simulator/physics.ts";
import { BOUNDS, LAP, nearestTo, pointAt, ROAD_HALF } from "../../../../agent/simulator/track.ts";

const PICTURE = 1000 / 30;
const FORWARD = { steering: 0, throttle: 1, reset: false };

/** Drives for some seconds, with control that comes 60 times a second until `until`. */
function drive(
  car: Car,
  control: (car: Car) => Omit<Received, "at">,
  { seconds, until = Infinity }: { seconds: number; until?: number },
): Car {
  let next = car;
  let received: Received | undefined;
  const end = car.at + seconds * 1000;
  for (let now = car.at; now < end; now += PICTURE) {
    if (now - car.at <= until) received = { ...control(next), at: now };
    next = advance(next, { now, received });
  }
  return next;
}

Deno.test("[CAR2] the car brakes by itself 200 ms after the last control, with straight wheels", () => {
  const fast = drive(startCar(0), () => FORWARD, { seconds: 3 });
  ok(fast.motion.forward > 7);
  const turning = { steering: 0.3, throttle: 1, reset: false };
  const shortly = drive(fast, () => turning, { seconds: 0.25, until: 100 });
  ok(shortly.motion.applied.throttle > 0.8);
  const later = drive(fast, () => turning, { seconds: 1, until: 100 });
  ok(later.motion.applied.throttle < -0.9);
  ok(Math.abs(later.motion.applied.steering) < 0.01);
  const stood = drive(fast, () => turning, { seconds: 8, until: 100 });
  ok(Math.abs(stood.motion.forward) < 0.1);
  equal(isDriven({ ...FORWARD, at: 1000 }, 1000 + SILENCE), true);
  equal(isDriven({ ...FORWARD, at: 1000 }, 1001 + SILENCE), false);
});

Deno.test("[CAR2] a car without any control stands", () => {
  const { motion } = drive(startCar(0), () => FORWARD, { seconds: 5, until: -1 });
  const { x, y } = startCar(0).motion;
  equal(motion.x, x);
  equal(motion.y, y);
});

Deno.test("[CAR3] whoever leaves the meadow is put back on the road, at rest, and so is who asks", () => {
  const begun = startCar(0);
  const over = { ...begun, motion: { ...begun.motion, x: BOUNDS.right + 1, y: -20, forward: 9 } };
  const back = advance(over, { now: 9, received: undefined });
  ok(Math.abs(nearestTo(back.motion).lateral) < 0.1);
  equal(back.motion.forward, 0);
  const fast = drive(begun, () => FORWARD, { seconds: 3 });
  const asked = { ...FORWARD, reset: true, at: fast.at };
  equal(advance(fast, { now: fast.at + 9, received: asked }).motion.forward, 0);
});

Deno.test("[CAR3] the meadow slows the car down", () => {
  const begun = startCar(0);
  const beside = { ...begun, surface: "meadow" as const };
  const onMeadow = advance(beside, { now: 9, received: undefined });
  equal(onMeadow.surface, "road");
  const { x, y } = pointAt({ along: 20, lateral: -ROAD_HALF - 3 });
  const away = { ...begun, motion: { ...standing({ x, y, heading: 0 }), forward: 8 } };
  const meadow = drive(away, () => ({ ...FORWARD, throttle: 0 }), { seconds: 1 });
  const road = drive(
    { ...begun, motion: { ...begun.motion, forward: 8 } },
    () => ({ ...FORWARD, throttle: 0 }),
    { seconds: 1 },
  );
  ok(meadow.motion.forward < road.motion.forward - 1);
});

Deno.test("[CAR3] a barrier returns the car softly and is never passed", () => {
  const wall = { from: { x: -5, y: 0 }, to: { x: 5, y: 0 } };
  fc.assert(fc.property(
    fc.double({ min: -4, max: 4, noNaN: true }),
    fc.double({ min: 0.01, max: 0.8, noNaN: true }),
    fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    fc.double({ min: 0, max: 20, noNaN: true }),
    (x, y, heading, forward) => {
      const before = { ...standing({ x, y, heading }), forward };
      const after = hitWalls(before, [wall]);
      ok(after.y >= 0.84);
      const [speed, inbound] = [velocityOf(after).y, velocityOf(before).y];
      ok(speed >= -1e-9, "it moves away from the barrier or along it");
      if (inbound < 0) ok(speed <= -inbound * 0.3 + 1e-9, "softly");
    },
  ));
});

Deno.test("[CAR3] a cone that is met falls, slides and lies; the car goes on", () => {
  const [first] = UPRIGHT_CONES;
  let motion = { ...standing({ x: first!.x, y: first!.y, heading: 0 }), forward: 6 };
  let cones = UPRIGHT_CONES;
  ({ motion, cones } = hitCones(motion, cones));
  equal(cones[0]!.fallen, true);
  ok(motion.forward > 5.5);
  const away = standing({ x: BOUNDS.left, y: BOUNDS.top, heading: 0 });
  for (let step = 0; step < 600; step++) ({ cones } = hitCones(away, cones));
  equal(cones[0]!.vx, 0);
  ok(cones[0]!.x > first!.x + 0.5);
  equal(hitCones(away, cones).cones, cones);
});

Deno.test("[CAR4] the battery drains with the work of the motor; empty, it still brings the car home", () => {
  const idle = drive(startCar(0), () => ({ ...FORWARD, throttle: 0 }), { seconds: 3 });
  const driven = drive(startCar(0), () => FORWARD, { seconds: 3 });
  ok(chargeOf(driven) < chargeOf(idle) && chargeOf(idle) < 1);
  const empty = drive({ ...startCar(0), energy: 0 }, () => FORWARD, { seconds: 3 });
  ok(empty.motion.forward > 1 && empty.motion.forward < 4);
  equal(empty.energy, 0);
});

Deno.test("[CAR1] after a machine slept the missed time is left out", () => {
  const car = startCar(0);
  const received = { ...FORWARD, at: 3_600_000 };
  const { motion } = advance(car, { now: 3_600_000, received });
  ok(motion.forward < 1);
});

Deno.test("[CAR3] a careful driver gets around the course", () => {
  let car = startCar(0);
  let widest = 0;
  const steer = ({ motion }: Car): Omit<Received, "at"> => {
    const here = nearestTo(motion);
    const ahead = pointAt({ along: here.along + 4 + motion.forward * 0.4, lateral: 0 });
    const wanted = Math.atan2(ahead.y - motion.y, ahead.x - motion.x);
    const off = Math.atan2(Math.sin(wanted - motion.heading), Math.cos(wanted - motion.heading));
    widest = Math.max(widest, Math.abs(here.lateral));
    return {
      steering: Math.max(-1, Math.min(1, -off * 2)),
      throttle: motion.forward < 5.5 ? 0.7 : 0,
      reset: false,
    };
  };
  let turns = 0;
  for (let second = 0; second < 90 && turns === 0; second++) {
    const before = nearestTo(car.motion).along;
    car = drive(car, steer, { seconds: 1 });
    if (nearestTo(car.motion).along < before - LAP / 2) turns++;
  }
  equal(turns, 1);
  ok(widest < ROAD_HALF + 1, `the car was ${widest} m from the middle`);
});
