/**
 * The life of a stream's input, as a pure machine: an input that is lost is opened again for a set time while the
 * stream is kept.
 *
 * ```
 * open ──failed, or no picture for 10 s──▶ waiting ──delay over──▶ trying ──picture──▶ open
 *                                             ▲                      │
 *                                             └── failed, or no picture for 20 s
 * waiting, trying ──lost for longer than the patience──▶ over
 * ```
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { retryDelay } from "../../protocol/connection/reconnect.ts";

/** An open input without a picture for this long is lost, in milliseconds. */
export const STALL_LIMIT = 10_000;
/** An attempt without a picture within this time has failed, in milliseconds. */
export const ATTEMPT_LIMIT = 20_000;
/** Delays grow up to that of this many failures: 8 s and jitter, so a camera that is back is opened soon. */
const MAX_FAILURES = 4;

/** The states of the drawing above. */
export type InputLife =
  | { readonly state: "open"; readonly pictureAt: Millis }
  | (Loss & { readonly state: "waiting"; readonly until: Millis })
  | (Loss & { readonly state: "trying"; readonly startedAt: Millis })
  | { readonly state: "over"; readonly error: string };

/** How an input was lost. */
export interface Loss {
  /** When the input was lost. */
  readonly since: Millis;
  /** Attempts to open it again that failed. */
  readonly failures: number;
  /** Why it was lost or could not be opened again, a sentence. */
  readonly error: string;
}

/** An event of the machine. */
export type InputEvent =
  /** A picture came. */
  | { readonly type: "picture" }
  /** The input ended, or could not be opened. */
  | { readonly type: "failed"; readonly error: string }
  /** Time passed; at least once a second. */
  | { readonly type: "tick" };

/** The constants of one input's machine, and its source of jitter. */
export interface InputRules {
  /** Description of the input: `the camera /dev/video0`. */
  readonly what: string;
  /** For how long opening a lost input is tried, in milliseconds. */
  readonly patience: number;
  readonly random: Random;
}

/** The state of an input that was just opened. Its first picture must come within {@linkcode STALL_LIMIT}. */
export function openedInput(now: Millis): InputLife {
  return { state: "open", pictureAt: now };
}

/** The state after an event. The owner opens the input when `trying` begins, and closes it after `open` or `trying`. */
export function stepInput(
  life: InputLife,
  event: InputEvent,
  { now, rules }: { readonly now: Millis; readonly rules: InputRules },
): InputLife {
  if (life.state === "over") return life;
  switch (event.type) {
    case "picture":
      return life.state === "waiting" ? life : { state: "open", pictureAt: now };
    case "failed":
      return life.state === "waiting" ? life : lost(life, event.error, { now, rules });
    case "tick":
      return tick(life, { now, rules });
  }
}

function tick(
  life: Exclude<InputLife, { state: "over" }>,
  { now, rules }: { readonly now: Millis; readonly rules: InputRules },
): InputLife {
  if (life.state === "open") {
    if (now - life.pictureAt < STALL_LIMIT) return life;
    const error = `${rules.what} brought no picture for ${STALL_LIMIT / 1000} s`;
    return lost(life, error, { now, rules });
  }
  if (now - life.since >= rules.patience) return over(life, rules);
  if (life.state === "waiting") {
    if (now < life.until) return life;
    const { since, failures, error } = life;
    return { state: "trying", since, failures, error, startedAt: now };
  }
  if (now - life.startedAt < ATTEMPT_LIMIT) return life;
  const error = `${rules.what} brought no picture within ${ATTEMPT_LIMIT / 1000} s`;
  return lost(life, error, { now, rules });
}

function lost(
  life: Exclude<InputLife, { state: "over" | "waiting" }>,
  error: string,
  { now, rules }: { readonly now: Millis; readonly rules: InputRules },
): InputLife {
  const loss = life.state === "open"
    ? { since: now, failures: 0, error }
    : { since: life.since, failures: life.failures + 1, error };
  if (now - loss.since >= rules.patience) return over(loss, rules);
  const delay = retryDelay(Math.min(loss.failures + 1, MAX_FAILURES), rules.random);
  return { state: "waiting", ...loss, until: now + delay as Millis };
}

function over({ error }: Loss, { patience }: InputRules): InputLife {
  const tried = patience === 0 ? "" : `. It did not come back within ${patience / 1000} s`;
  return { state: "over", error: `${error}${tried}` };
}
