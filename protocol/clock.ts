/**
 * The only source of time. Other code takes a {@linkcode Clock}, and tests pass one that they move by hand.
 *
 * @module
 */

/** An instant on this process's monotonic clock, in milliseconds. Good for durations; meaningless elsewhere. */
export type Millis = number & { readonly time: "monotonic" };

/** Milliseconds since 1970. Good for the store and the wire; may jump, so never for durations. */
export type EpochMillis = number & { readonly time: "epoch" };

/** The only source of time: no other file may call `Date.now`, `performance.now` or `setTimeout`. */
export interface Clock {
  now(): Millis;
  epoch(): EpochMillis;
  /** Runs `task` once after `delay` milliseconds; disposing the handle cancels it. */
  after(delay: number, task: () => void): Disposable;
}

/** The clock of this machine. Programs pass it on; tests pass a fake. */
export const systemClock: Clock = {
  now: () => performance.now() as Millis,
  epoch: () => Date.now() as EpochMillis,
  after(delay, task) {
    const id = setTimeout(task, delay);
    return { [Symbol.dispose]: () => clearTimeout(id) };
  },
};

/** Runs `task` every `period` milliseconds until disposed; a late tick delays the next ones. */
export function every(clock: Clock, period: number, task: () => void): Disposable {
  let next = clock.after(period, tick);
  function tick() {
    next = clock.after(period, tick);
    task();
  }
  return { [Symbol.dispose]: () => next[Symbol.dispose]() };
}

/** Resolves after `delay` milliseconds. */
export function sleep(clock: Clock, delay: number): Promise<void> {
  return new Promise((resolve) => void clock.after(delay, resolve));
}

/** Now, in milliseconds since 1970 with fractions; two processes of one machine get the same scale. */
export function preciseEpoch(): number {
  return performance.timeOrigin + performance.now();
}

/** Resolves once the rest of this process had its turn: between the parts of a long work. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}
