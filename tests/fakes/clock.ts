import type { Clock, EpochMillis, Millis } from "../../protocol/clock.ts";

/** A clock that only the test moves. */
export class FakeClock implements Clock {
  #now = 0;
  #due: { at: number; task: () => void }[] = [];
  readonly #epochAtZero: number;

  constructor({ epoch = 1_700_000_000_000 } = {}) {
    this.#epochAtZero = epoch;
  }

  now(): Millis {
    return this.#now as Millis;
  }

  epoch(): EpochMillis {
    return (this.#epochAtZero + this.#now) as EpochMillis;
  }

  after(delay: number, task: () => void): Disposable {
    const entry = { at: this.#now + delay, task };
    this.#due.push(entry);
    return { [Symbol.dispose]: () => void (this.#due = this.#due.filter((e) => e !== entry)) };
  }

  /** The number of tasks that wait: zero once everything was disposed. */
  get pending(): number {
    return this.#due.length;
  }

  /** Moves time forward and runs the tasks that become due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#due = this.#due.filter((e) => e !== next);
      next.task();
    }
    this.#now = end;
  }

  /** Moves time forward while nothing runs, as in a sleep of the machine: the tasks that became due then run late, once. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** Like `advance`, letting promises settle between the tasks. */
  async run(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#due = this.#due.filter((e) => e !== next);
      next.task();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number) {
    return this.#due.filter((e) => e.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
