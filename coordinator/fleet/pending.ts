/**
 * Matches answers to the commands they belong to, by envelope id. A command without an answer in time gets
 * `undefined`. Whether the answer to a stream's start or stop still counts is decided in domain/stream.ts.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

interface Waiting<T> {
  readonly owner: string;
  readonly answer: (value: T | undefined) => void;
  readonly deadline: Disposable;
}

/** Commands that wait for their answers, of one kind. */
export class Pending<T> {
  readonly #waiting = new Map<string, Waiting<T>>();
  readonly #clock: Clock;
  readonly #limit: number;

  /** `limit`: how long to wait, in milliseconds. */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** How many commands to `owner` wait. */
  count(owner: string): number {
    let count = 0;
    for (const waiting of this.#waiting.values()) if (waiting.owner === owner) count += 1;
    return count;
  }

  /** Waits for the answer to `id` that `owner` gives. */
  wait(id: string, owner: string): Promise<T | undefined> {
    return new Promise((resolve) => {
      const deadline = this.#clock.after(this.#limit, () => this.#settle(id, undefined));
      this.#waiting.set(id, { owner, answer: resolve, deadline });
    });
  }

  /** Takes an answer; false when no command to `owner` with this id waits. */
  resolve(id: string, owner: string, value: T): boolean {
    if (this.#waiting.get(id)?.owner !== owner) return false;
    this.#settle(id, value);
    return true;
  }

  /** Resolves all commands to `owner` to `undefined`, because its connection is gone. */
  abandon(owner: string): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.owner === owner) this.#settle(id, undefined);
    }
  }

  #settle(id: string, value: T | undefined): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    waiting.deadline[Symbol.dispose]();
    waiting.answer(value);
  }
}
