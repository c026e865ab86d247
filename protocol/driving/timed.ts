/**
 * Runs an end of a control channel by a clock: `advance` is called when it is due.
 *
 * @module
 */
import type { Clock, Millis } from "../clock.ts";

/** Least time until the next look, in milliseconds: an end whose port has no room is due all the time. */
const LEAST = 2;

/** An end of a control channel. */
export interface TimedCore {
  advance(now: Millis): void;
  readonly deadline: Millis | undefined;
}

/** A core that is advanced when it is due. Disposing stops that. */
export interface Timed extends Disposable {
  /** The core was called, so its deadline may have changed. */
  touch(): void;
}

/** Advances a core now, and whenever it is due. */
export function keepAdvanced(clock: Clock, core: TimedCore): Timed {
  let timer: (Disposable & { readonly at: number }) | undefined;
  let isOver = false;
  function look(): void {
    timer = undefined;
    core.advance(clock.now());
    touch();
  }
  function touch(): void {
    const at = core.deadline;
    if (isOver || at === undefined || (timer && timer.at <= at)) return;
    timer?.[Symbol.dispose]();
    const wait = clock.after(Math.max(LEAST, at - clock.now()), look);
    timer = { at, [Symbol.dispose]: () => wait[Symbol.dispose]() };
  }
  look();
  return {
    touch,
    [Symbol.dispose]() {
      isOver = true;
      timer?.[Symbol.dispose]();
    },
  };
}
