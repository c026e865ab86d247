/**
 * How this browser's person drives: the curve, the most throttle, steering by leaning, and the maps of wheels. Kept in the
 * browser.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import * as z from "zod/mini";
import { type KeptStorage, openKept } from "../kept_value.ts";
import { WheelMap } from "./input/wheel_map.ts";

const DriveSettings = z.object({
  /** How much gentler the middle is, in percent: 0 is a straight line. */
  expo: z.int().check(z.gte(0), z.lte(100)),
  /** The most throttle, in percent. */
  max_throttle: z.int().check(z.gte(10), z.lte(100)),
  /** On a phone: steer by leaning it, instead of with the left thumb. */
  tilt: z.boolean(),
  /** By gamepad id. */
  wheels: z.record(z.string(), WheelMap),
});
/** How a person drives. */
export type DriveSettings = z.infer<typeof DriveSettings>;

/** The settings of a person who has changed none: a first drive is a slow one. */
export const USUAL: DriveSettings = { expo: 30, max_throttle: 50, tilt: false, wheels: {} };

const KEY = "farpad.driving";

/** The settings of this browser. */
export interface KeptSettings {
  readonly all: ReadonlySignal<DriveSettings>;
  change(changed: Partial<DriveSettings>): void;
}

/** How this browser's person drives. */
export function createDriveSettings(
  storage: KeptStorage,
  warn?: (text: string) => void,
): KeptSettings {
  const name = "how you drive";
  const kept = openKept({
    ...{ key: KEY, schema: DriveSettings, usual: () => USUAL },
    ...{ name, storage, warn },
  });
  return {
    all: kept.signal,
    change: (changed) => kept.set({ ...kept.signal.value, ...changed }),
  };
}
