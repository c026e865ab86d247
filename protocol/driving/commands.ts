/**
 * Commands over a path that loses messages: the driving end repeats a command until it is acknowledged, the vehicle
 * carries it out once.
 *
 * Bounds: {@linkcode MAX_COMMANDS} commands wait for their acknowledgement, a further one is refused; the vehicle
 * remembers the newest {@linkcode REMEMBERED} ids.
 *
 * @module
 */
import type { Millis } from "../clock.ts";
import type { ControlMessage } from "../control/control.ts";

/** Until a command is sent again, in milliseconds. */
export const COMMAND_REPEAT = 200;
/** How often a command is sent. */
export const COMMAND_ATTEMPTS = 10;
/** Commands that may wait for their acknowledgement. */
export const MAX_COMMANDS = 16;
/** Ids that a vehicle remembers: many times those that a driving end can have on their way. */
export const REMEMBERED = 256;

/** A command's message without its time. */
export type Command = Extract<ControlMessage, { type: "Command" }>["payload"];

/** What came of a command: it was carried out, or nobody answered. */
export type CommandResult = "done" | "unanswered";

interface Pending {
  readonly command: Command;
  readonly ended: (result: CommandResult) => void;
  sentAt: Millis;
  attempts: number;
}

/** The commands that wait for their acknowledgement. */
export class PendingCommands {
  readonly #send: (command: Command) => void;
  readonly #pending = new Map<string, Pending>();

  constructor(send: (command: Command) => void) {
    this.#send = send;
  }

  /** Sends a command; false when too many wait. `ended` is called once. */
  add(command: Command, ended: (result: CommandResult) => void, now: Millis): boolean {
    if (this.#pending.size >= MAX_COMMANDS) return false;
    this.#pending.set(command.id, { command, ended, sentAt: now, attempts: 1 });
    this.#send(command);
    return true;
  }

  /** Takes an acknowledgement. */
  acknowledged(id: string): void {
    this.#end(id, "done");
  }

  /** Repeats and gives up what is due. */
  advance(now: Millis): void {
    for (const [id, pending] of [...this.#pending]) {
      if (now - pending.sentAt < COMMAND_REPEAT) continue;
      if (pending.attempts >= COMMAND_ATTEMPTS) {
        this.#end(id, "unanswered");
        continue;
      }
      pending.sentAt = now;
      pending.attempts++;
      this.#send(pending.command);
    }
  }

  /** When `advance` is due; `undefined` while nothing waits. */
  get deadline(): Millis | undefined {
    const due = [...this.#pending.values()].map(({ sentAt }) => sentAt + COMMAND_REPEAT);
    return due.length > 0 ? Math.min(...due) as Millis : undefined;
  }

  /** Gives up everything. */
  clear(): void {
    for (const id of [...this.#pending.keys()]) this.#end(id, "unanswered");
  }

  #end(id: string, result: CommandResult): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.ended(result);
  }
}
