/**
 * How this browser's person holds the controls: keys, sticks, the pad on the screen, picture and volume. Kept in the
 * browser.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import * as z from "zod/mini";
import { Calibration } from "../input/calibration.ts";
import { Filter } from "../picture/filter.ts";
import { type KeptStorage, openKept } from "../kept_value.ts";
import { ACTIONS } from "./actions.ts";
import { reserved, USUAL_KEYS } from "./keys.ts";

/** Most keys, and most gamepads, that are kept. */
export const MOST = { keys: 120, gamepads: 32 } as const;

const Code = z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9]{0,31}$/));
/** The id of a gamepad, as the browser writes it. */
export const PadId = z.string().check(z.minLength(1), z.maxLength(256));
/** A check that a record has at most so many entries. */
export const fewer = (most: number) => z.refine<object>((all) => Object.keys(all).length <= most);

/** Everything about controls but the maps of gamepads. What is absent is as usual. */
export const Controls = z.object({
  keys: z._default(
    z.record(Code, z.enum(ACTIONS)).check(
      fewer(MOST.keys),
      z.refine((keys) => Object.keys(keys).every((code) => !reserved(code))),
    ),
    USUAL_KEYS,
  ),
  /** By gamepad id. */
  sticks: z._default(z.record(PadId, Calibration).check(fewer(MOST.gamepads)), {}),
  /** The pad on a touch screen. */
  touch: z._default(
    z.object({
      /** For the left hand: the d-pad is on the right. */
      mirrored: z.boolean(),
      /** In percent of the usual size. */
      size: z.int().check(z.gte(70), z.lte(150)),
      /** In percent. */
      opacity: z.int().check(z.gte(20), z.lte(100)),
    }),
    { mirrored: false, size: 100, opacity: 100 },
  ),
  /** Whether gamepads rumble, and phones vibrate. */
  rumble: z._default(z.boolean(), true),
  /** How the pictures of games are drawn. */
  filter: z._default(Filter, "sharp"),
  /** Of games and live pictures, in percent. */
  volume: z._default(z.int().check(z.gte(0), z.lte(100)), 100),
});
/** Everything about controls but the maps of gamepads. */
export type Controls = z.infer<typeof Controls>;

/** The controls of a person who has changed nothing. */
export const USUAL: Controls = Controls.parse({});

const KEY = "farpad.controls";

/** The controls of this browser. */
export interface KeptControls {
  readonly all: ReadonlySignal<Controls>;
  change(changed: Partial<Controls>): void;
}

/** The controls that this browser keeps. */
export function createControls(
  storage: KeptStorage,
  warn?: (text: string) => void,
): KeptControls {
  const name = "the controls";
  const kept = openKept({ key: KEY, schema: Controls, usual: () => USUAL, name, storage, warn });
  return {
    all: kept.signal,
    change: (changed) => kept.set({ ...kept.signal.value, ...changed }),
  };
}
