/**
 * Which settings of an operator are in force, and when a version is kept or taken back. A version is on trial from its
 * arrival on; the one before it stays until the trial has ended.
 *
 * ```text
 *             pushed                 confirmed: online with it for a while
 *  settled ───────────▶ trial ──────────────────────────────────────────▶ settled(N)
 *     ▲                  │  ▲ started, up to MAX_STARTS times
 *     │                  │  └──┘
 *     └──────────────────┘ started once more · unusable · expired: back to N−1, with the reason
 *  settled(N) ── unusable ──▶ settled(the box's own settings), with the reason
 * ```
 *
 * Each start is counted before the settings are used, so that settings with which the agent ends, and a power loss at
 * any moment, take at most `MAX_STARTS` starts until the version before is used again. Pure.
 *
 * @module
 */
import * as z from "zod/mini";
import { PushedValues, SettingsVersion } from "../../protocol/field/pushed_settings.ts";

/** Starts of the agent that a version has to be confirmed in. */
export const MAX_STARTS = 3;
/** How long a process with a version on trial waits to be online, in milliseconds. */
export const TRIAL_LIMIT = 120_000;

/** A version and its values. */
export const Pushed = z.object({ version: SettingsVersion, values: PushedValues });
export type Pushed = z.infer<typeof Pushed>;

/** The box's own settings, without any of an operator. */
export const OWN: Pushed = { version: 0, values: {} };

const RolledBack = z.object({ version: SettingsVersion, reason: z.string() });

/** The settings in force, as they are kept in the file. */
export const SettingsLife = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("settled"),
    inForce: Pushed,
    /** The newest version that was taken back. */
    rolledBack: z.exactOptional(RolledBack),
  }),
  z.object({
    state: z.literal("trial"),
    inForce: Pushed,
    before: Pushed,
    /** Starts with the version on trial. */
    starts: z.int(),
  }),
]);
export type SettingsLife = z.infer<typeof SettingsLife>;

/** An event that may change the settings in force. */
export type SettingsEvent =
  /** A version arrived. */
  | { readonly type: "pushed"; readonly settings: Pushed }
  /** A process starts. */
  | { readonly type: "started" }
  /** The settings in force cannot be used; `why` is the end of a sentence. */
  | { readonly type: "unusable"; readonly why: string }
  /** The device was online with them for long enough. */
  | { readonly type: "confirmed" }
  /** {@linkcode TRIAL_LIMIT} has passed without that. */
  | { readonly type: "expired" };

/** Nothing was pushed yet. */
export const NOTHING_PUSHED: SettingsLife = { state: "settled", inForce: OWN };

/** The state after an event; the same object when nothing changes. */
export function step(life: SettingsLife, event: SettingsEvent): SettingsLife {
  switch (event.type) {
    case "pushed":
      return life.state === "settled"
        ? { state: "trial", inForce: event.settings, before: life.inForce, starts: 0 }
        : life;
    case "started":
      if (life.state === "settled") return life;
      return life.starts < MAX_STARTS
        ? { ...life, starts: life.starts + 1 }
        : back(life, `the agent ended ${MAX_STARTS} times before it was online with it`);
    case "unusable":
      return back(life, `it cannot be used: ${event.why}`);
    case "confirmed":
      return life.state === "trial" ? { state: "settled", inForce: life.inForce } : life;
    case "expired":
      return life.state === "trial"
        ? back(life, `the coordinator was not reached within ${TRIAL_LIMIT / 1000} s`)
        : life;
  }
}

function back(life: SettingsLife, reason: string): SettingsLife {
  if (life.inForce.version === OWN.version) return life;
  return {
    state: "settled",
    inForce: life.state === "trial" ? life.before : OWN,
    rolledBack: { version: life.inForce.version, reason },
  };
}
