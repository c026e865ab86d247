/**
 * The parts of a notice, the card over the picture while the game does not play undisturbed.
 *
 * @module
 */
import type { IconName } from "../../shared/icon.tsx";

/** The actions of a notice. `continue` starts again from the state that was saved when the room closed. */
export type Action =
  | "retry"
  | "again"
  | "continue"
  | "now"
  /** Dials the coordinator at once. */
  | "dial"
  | "leave"
  | "resume"
  | "library"
  | "check"
  | "sign_in";

/** A notice: a title, one or two sentences and the actions. */
export interface Notice {
  /** `busy`: shows a spinner. `calm`: waits for the person. `alarm`: a fault. */
  readonly tone: "busy" | "calm" | "alarm";
  readonly icon: IconName;
  readonly title: string;
  readonly body: string;
  /** Error text of the program that failed, as it came: shown small, below the body. */
  readonly cause?: string | undefined;
  /** A time that changes every second; screen readers skip it. */
  readonly clock?: string;
  /** The first one is the main one. */
  readonly actions: readonly Action[];
}
