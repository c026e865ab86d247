/**
 * The machine of push-to-talk. Pure.
 *
 * ```text
 *  off ──press──▶ opening ──opened, held──▶ talking ◀──press──┐
 *   ▲               │ opened, let go         │ release · 2 min │
 *   │               └──────────▶ open ◀──────┘                 │
 *   │                              └───────────────────────────┘
 *   └── failed · closed · 60 s open ──
 * ```
 *
 * The microphone is open in `open` and `talking`; packets leave in `talking` alone.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";

/** Without talking for this long the microphone is given back, in milliseconds. */
export const OPEN_LIMIT = 60_000;
/** The longest talk, in milliseconds: then a key is taken to be stuck. */
export const TALK_LIMIT = 120_000;

/** The state of push-to-talk. */
export type TalkState =
  | { readonly state: "off" }
  | { readonly state: "opening"; readonly held: boolean }
  | { readonly state: "open"; readonly since: Millis }
  | { readonly state: "talking"; readonly since: Millis };

/** What happens to push-to-talk. */
export type TalkEvent =
  | "press"
  | "release"
  /** The microphone is open. */
  | "opened"
  /** The microphone could not be opened, ended, or is not wanted any more. */
  | "closed"
  | "tick";

/** The state after an event. */
export function stepTalk(before: TalkState, event: TalkEvent, now: Millis): TalkState {
  if (event === "closed") return before.state === "off" ? before : { state: "off" };
  switch (before.state) {
    case "off":
      return event === "press" ? { state: "opening", held: true } : before;
    case "opening":
      if (event === "press" || event === "release") {
        const held = event === "press";
        return held === before.held ? before : { state: "opening", held };
      }
      if (event !== "opened") return before;
      return { state: before.held ? "talking" : "open", since: now };
    case "open":
      if (event === "press") return { state: "talking", since: now };
      return event === "tick" && now - before.since >= OPEN_LIMIT ? { state: "off" } : before;
    case "talking":
      if (event === "release") return { state: "open", since: now };
      if (event === "tick" && now - before.since >= TALK_LIMIT) {
        return { state: "open", since: now };
      }
      return before;
  }
}
