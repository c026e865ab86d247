/**
 * Judges whether the other end of a connection is alive, by pings that this end sends by its own clock.
 *
 * Both ends of every leg run one. Neither relies on what the other end sends by itself, so a connection on which
 * nothing else travels stays open for ever, and one that passes nothing in either direction is noticed within
 * {@linkcode longestSilence}. Pings are counted and time is not measured: after a sleep of the machine or a stall
 * of the process, one late ping is due, and the other end has a whole period to answer it.
 *
 * @module
 */
import { type Clock, every } from "../clock.ts";

/** How patient one end is. */
export interface KeepAliveTiming {
  /** Milliseconds from one ping to the next. */
  readonly period: number;
  /** Pings in a row without any sign of life after which the other end counts as gone. */
  readonly misses: number;
}

/** What clients use, and the coordinator on `/ws` and `/api/ws`: 60 to 80 s. */
export const KEEP_ALIVE: KeepAliveTiming = { period: 20_000, misses: 3 };

/** The longest time until an end that went silent is noticed, in milliseconds. */
export function longestSilence({ period, misses }: KeepAliveTiming): number {
  return period * (misses + 1);
}

/** A running keep-alive; disposing it stops the pings. */
export interface KeepAlive extends Disposable {
  /** The other end gave a sign of life: a message or a control frame arrived. */
  received(): void;
}

/** Starts to ping. The first ping is due after one period. */
export function createKeepAlive(
  { clock, timing, ping, silent }: {
    readonly clock: Clock;
    readonly timing: KeepAliveTiming;
    /** Sends something that the other end has to answer. */
    readonly ping: () => void;
    /** Called once, when {@linkcode KeepAliveTiming.misses} pings in a row brought nothing back. */
    readonly silent: () => void;
  },
): KeepAlive {
  let unanswered = 0;
  const pinging = every(clock, timing.period, () => {
    if (unanswered >= timing.misses) {
      pinging[Symbol.dispose]();
      return silent();
    }
    unanswered += 1;
    ping();
  });
  return {
    received: () => void (unanswered = 0),
    [Symbol.dispose]: () => pinging[Symbol.dispose](),
  };
}
