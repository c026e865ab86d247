/**
 * Commands that wait for their answer, by envelope id. One that gets none in time is answered with `undefined`.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

interface Waiting<T> {
  readonly owner: string;
  readonly answer: (value: T | undefined) => void;
  readonly deadline: Disposable;
}

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

  /** Hands over an answer; false when nobody waits for it, or not from this one. */
  resolve(id: string, owner: string, value: T): boolean {
    if (this.#waiting.get(id)?.owner !== owner) return false;
    this.#settle(id, value);
    return true;
  }

  /** `owner` will not answer any more. */
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
