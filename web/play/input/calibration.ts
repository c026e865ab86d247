/**
 * The sticks of one gamepad: where they rest, how far they reach, and how far around the rest counts as centred. A
 * worn stick is measured at rest and then in a circle round its edge.
 *
 * @module
 */
import * as z from "zod/mini";

const Share = z.number().check(z.gte(-0.5), z.lte(0.5));
const Reach = z.number().check(z.gte(0.5), z.lte(1));

/** What is known of the sticks of a gamepad; shares of full tilt, the left stick first. */
export const Calibration = z.object({
  /** A stick closer to its rest than this counts as centred. */
  dead_zone: z.number().check(z.gte(0), z.lte(0.5)),
  /** Left x, left y, right x, right y at rest. */
  rest: z.tuple([Share, Share, Share, Share]),
  /** The furthest that each stick gets from its rest. */
  reach: z.tuple([Reach, Reach]),
});
/** What is known of the sticks of a gamepad. */
export type Calibration = z.infer<typeof Calibration>;

/** The sticks of a gamepad that nobody measured. */
export const UNMEASURED: Calibration = { dead_zone: 0.15, rest: [0, 0, 0, 0], reach: [1, 1] };

/** The two sticks, by their first axis. */
export const STICKS = [0, 2] as const;

/** A reading within −1 and 1; one that is missing or no number, as of a broken driver, is 0. */
export function level(reading: number | undefined): number {
  return Number.isFinite(reading) ? Math.min(1, Math.max(-1, reading!)) : 0;
}

/**
 * A stick as it is sent: 0 within the dead zone, which is round so that slow directions are not bent to the axes, and
 * 1 at its reach.
 */
export function readStick(
  axes: readonly number[],
  first: (typeof STICKS)[number],
  { dead_zone, rest, reach }: Calibration = UNMEASURED,
): [x: number, y: number] {
  const x = level(axes[first]) - rest[first];
  const y = level(axes[first + 1]) - rest[first === 0 ? 1 : 3];
  const length = Math.hypot(x, y);
  if (length <= dead_zone) return [0, 0];
  const full = Math.max(reach[first / 2]!, dead_zone + 0.1);
  const scale = Math.min(1, (length - dead_zone) / (full - dead_zone)) / length;
  return [x * scale, y * scale];
}

/** The measurement of the sticks: first at rest, then in circles. */
export type Measuring =
  | { readonly state: "resting" }
  | {
    readonly state: "circling";
    readonly rest: Calibration["rest"];
    /** The furthest seen of each stick. */
    readonly reach: readonly [number, number];
  };

/** Takes where the sticks rest; the reason as a sentence when one of them is held. */
export function takeRest(axes: readonly number[]): Measuring | { readonly error: string } {
  const rest = [0, 1, 2, 3].map((i) => level(axes[i])) as [number, number, number, number];
  if (rest.some((each) => Math.abs(each) > 0.5)) {
    return { error: "A stick is pushed far from its middle. Let go of both sticks and try again." };
  }
  return { state: "circling", rest, reach: [0, 0] };
}

/** The measurement after a reading; the same object when the sticks were further before. */
export function circle(measuring: Measuring, axes: readonly number[]): Measuring {
  if (measuring.state !== "circling") return measuring;
  const { rest, reach } = measuring;
  const now = STICKS.map((first, stick) =>
    Math.max(
      reach[stick]!,
      Math.hypot(level(axes[first]) - rest[first], level(axes[first + 1]) - rest[first + 1]!),
    )
  );
  if (now[0] === reach[0] && now[1] === reach[1]) return measuring;
  return { ...measuring, reach: [now[0]!, now[1]!] };
}

/** The calibration that was measured. A stick that was hardly moved keeps its full reach. */
export function measured(
  measuring: Extract<Measuring, { state: "circling" }>,
  dead_zone: number,
): Calibration {
  const reach = measuring.reach.map((each) => each < 0.5 ? 1 : Math.min(1, each));
  return { dead_zone, rest: measuring.rest, reach: [reach[0]!, reach[1]!] };
}
