/**
 * How long a viewer has given no sign of life, and what is sent to it meanwhile; and how long a room has had no viewer.
 *
 * ```text
 *  present ──1 s──▶ silent ──4 s──▶ away ──10 s──▶ gone
 *     ▲    a sign of life │            │
 *     └───────────────────┴────────────┘
 * ```
 *
 * Silence is counted in checks, not in milliseconds: after the machine was suspended, one late check proves no silence.
 *
 * @module
 */
import type { EndReason } from "../../protocol/legs/room.ts";
import type { Playback } from "../playback/playback.ts";
import type { Clock } from "../../protocol/clock.ts";
import { VIEWER_SILENCE } from "../../protocol/control/control.ts";

/** Time between two checks, in milliseconds. */
export const CHECK_PERIOD = 250;
/** After this long only a trickle is sent, in milliseconds: more would only fill queues on a link that is cut. */
const SILENT_AFTER = 1_000;
/** After this long nothing is sent, in milliseconds. */
const AWAY_AFTER = 4_000;

/** Time between the keyframes of a silent viewer, in milliseconds. */
const KEYFRAME_PERIOD = 1_000;

/**
 * `present`: gets everything. `silent`: gets sound, and pictures at the least bitrate, so that a picture goes on whose
 * viewer can receive but not send. `away`: gets nothing until it comes back. `gone`: is closed.
 */
export type Presence = "present" | "silent" | "away" | "gone";

/** Counts the checks of one viewer since its newest sign of life. */
export class Silence {
  #checks = 0;

  /** Where the viewer is, by the newest check. */
  get presence(): Presence {
    const silence = (this.#checks - 1) * CHECK_PERIOD;
    if (silence >= VIEWER_SILENCE) return "gone";
    if (silence >= AWAY_AFTER) return "away";
    return silence >= SILENT_AFTER ? "silent" : "present";
  }

  /**
   * Whether a keyframe is due by the newest check: a silent viewer cannot request one, so it gets one each second in
   * case that it has lost a packet.
   */
  get needsKeyframe(): boolean {
    return this.presence === "silent" && (this.#checks - 1) * CHECK_PERIOD % KEYFRAME_PERIOD === 0;
  }

  /** A check is due. Returns the presence after it. */
  check(): Presence {
    this.#checks++;
    return this.presence;
  }

  /** A sign of life was received. Returns whether the viewer was silent. */
  received(): boolean {
    const wasSilent = this.presence !== "present";
    this.#checks = 0;
    return wasSilent;
  }
}

/** A room in which nothing runs closes after this long without a viewer, in milliseconds. */
const EMPTY_LIMIT = 60_000;
/** The same for a room in which an app runs. The coordinator keeps sessions shorter, so it ends the room first. */
export const UNWATCHED = 3_900_000;

/** Measures how long one room has had no viewer. */
export class Unwatched {
  readonly #clock: Clock;
  #since;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** The room is watched, or the time begins anew. */
  restart(): void {
    this.#since = this.#clock.now();
  }

  /** The sentence with which the room is to be closed, once its time is over. */
  check({ isOpen }: { readonly isOpen: boolean }): string | undefined {
    const limit = isOpen ? UNWATCHED : EMPTY_LIMIT;
    if (this.#clock.now() - this.#since <= limit) return undefined;
    return `The room had no viewer for ${limit / 1000} s`;
  }
}

/** Why a room closes by itself, with the sentence for it; `undefined`: it stays. Call it every 250 ms. */
export function whyOver(
  playback: Pick<Playback, "checkPulse"> | undefined,
  unwatched: Unwatched,
  { isNeeded, isOpen }: { readonly isNeeded: boolean; readonly isOpen: boolean },
): readonly [EndReason, string] | undefined {
  if (playback?.checkPulse() === "stalled") {
    return ["stalled", "The game stopped answering and was closed"];
  }
  if (isNeeded) unwatched.restart();
  const over = unwatched.check({ isOpen });
  return over === undefined ? undefined : ["unwatched", over];
}
