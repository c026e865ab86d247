/**
 * The answers to the commands of browsers: each command gets one, in the order of its session's commands.
 *
 * @module
 */
import type { CommandError } from "../../../protocol/control/vehicle.ts";
import type { SessionId } from "../../../protocol/ids.ts";

/** Commands of a session that may wait for their answers. */
export const MAX_WAITING = 16;

/** The outcome of a command: it was carried out, or why not. */
export type Outcome = "done" | CommandError;
/** Answers a command; a second call has no effect. */
export type Answer = (outcome: Outcome) => void;

interface Waiting {
  readonly id: string;
  outcome: Outcome | undefined;
}

/** The commands that wait for their answers. */
export class Answers {
  readonly #send: (session: SessionId, id: string, outcome: Outcome) => void;
  readonly #waiting = new Map<SessionId, Waiting[]>();

  constructor(send: (session: SessionId, id: string, outcome: Outcome) => void) {
    this.#send = send;
  }

  /** Notes a command; `undefined` when too many wait. */
  add(session: SessionId, id: string): Answer | undefined {
    const waiting = this.#waiting.get(session) ?? [];
    if (waiting.length >= MAX_WAITING) return undefined;
    const command: Waiting = { id, outcome: undefined };
    waiting.push(command);
    this.#waiting.set(session, waiting);
    return (outcome) => {
      command.outcome ??= outcome;
      this.#flush(session);
    };
  }

  /** Forgets the commands of a session that is gone. */
  forget(session: SessionId): void {
    this.#waiting.delete(session);
  }

  #flush(session: SessionId): void {
    const waiting = this.#waiting.get(session);
    for (let first = waiting?.[0]; first?.outcome; first = waiting?.[0]) {
      waiting?.shift();
      this.#send(session, first.id, first.outcome);
    }
    if (waiting?.length === 0) this.#waiting.delete(session);
  }
}
