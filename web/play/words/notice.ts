/**
 * The parts of a notice: what is shown over the picture when it does not simply play.
 *
 * @module
 */
import type { IconName } from "../../shared/icon.tsx";

/** The actions of a notice. `continue` starts again from the state that was saved when the room closed. */
export type Action = "retry" | "again" | "continue" | "now" | "leave" | "resume" | "library";

export interface Notice {
  /** `busy` turns, `calm` waits for the person, `alarm` is a fault. */
  readonly tone: "busy" | "calm" | "alarm";
  readonly icon: IconName;
  readonly title: string;
  readonly body: string;
  /** Error text of the program that failed, as it came: shown small, below the body. */
  readonly cause?: string | undefined;
  /** Changes every second; not read out. */
  readonly clock?: string;
  /** The first one is the main one. */
  readonly actions: readonly Action[];
}
