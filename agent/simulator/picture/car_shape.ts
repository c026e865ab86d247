/**
 * What the simulated car looks like: a small buggy whose front wheels turn with the steering as it acts.
 *
 * @module
 */
import type { Car } from "../drive.ts";
import { MAX_STEERING } from "../physics.ts";
import { block, type Face, wheel } from "./shapes.ts";

const BODY = 0x2bb8a8;
const DARK = 0x222b33;
const GLASS = 0x16242f;
const TYRE = 0x1c1f23;
const HUB = 0xb9c0c6;
const LAMP = 0x8a1d1d;
const LIT_LAMP = 0xff4b3a;
const AXLE = 0.8;
const TRACK = 0.55;
const RADIUS = 0.28;
/** Below this throttle the brake lamps are lit. */
const BRAKING = -0.05;

/** The faces of a car as it is. */
export function carFaces({ motion, odometer }: Pick<Car, "motion" | "odometer">): Face[] {
  const { steering, throttle } = motion.applied;
  const wheels = [1, -1].flatMap((side) =>
    [AXLE, -AXLE].flatMap((forward) =>
      wheel({
        forward,
        left: side * TRACK,
        radius: RADIUS,
        half: 0.12,
        steered: forward > 0 ? -steering * MAX_STEERING : 0,
        rolled: odometer / RADIUS,
        tyre: TYRE,
        hub: HUB,
      })
    )
  );
  const lamp = throttle < BRAKING ? LIT_LAMP : LAMP;
  return [
    ...wheels,
    ...block({
      low: { back: -1.05, front: 1.1, half: 0.4, up: 0.16 },
      high: { back: -1.02, front: 0.45, half: 0.38, up: 0.46 },
      colour: BODY,
    }),
    ...block({
      low: { back: -0.6, front: 0.4, half: 0.33, up: 0.46 },
      high: { back: -0.5, front: 0.02, half: 0.24, up: 0.8 },
      colour: GLASS,
    }),
    ...block({
      low: { back: -0.5, front: 0.02, half: 0.24, up: 0.8 },
      high: { back: -0.48, front: 0, half: 0.22, up: 0.83 },
      colour: BODY,
    }),
    ...[-0.35, 0.35].flatMap((left) => [
      ...block({
        low: { back: -1.0, front: -0.9, half: 0.03, up: 0.46 },
        high: { back: -1.05, front: -0.95, half: 0.03, up: 0.72 },
        colour: DARK,
        left,
      }),
      ...block({
        low: { back: -1.07, front: -1.045, half: 0.07, up: 0.3 },
        high: { back: -1.07, front: -1.045, half: 0.07, up: 0.38 },
        colour: lamp,
        left: left * 0.8,
      }),
    ]),
    ...block({
      low: { back: -1.16, front: -0.86, half: 0.5, up: 0.72 },
      high: { back: -1.18, front: -0.88, half: 0.5, up: 0.77 },
      colour: DARK,
    }),
  ];
}
