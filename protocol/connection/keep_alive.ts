/**
 * Finds out whether the other end of a connection still answers, by pings that this end sends by its own clock.
 *
 * Both ends of every leg run one. An end needs no messages of the other end but the answers to its pings: a
 * connection without other messages stays open, and a broken one is found within {@linkcode longestSilence}.
 * It counts pings and does not measure time. After a sleep of the machine or a stall of the process one late ping is
 * due, and the other end has a whole period to answer it.
 *
 * @module
 */
import { type Clock, every } from "../clock.ts";

/** The period of the pings, and the number of lost ones after which the connection has failed. */
export interface KeepAliveTiming {
  /** Milliseconds from one ping to the next. */
  readonly period: number;
  /** Pings in a row without anything received, after which the other end counts as gone. */
  readonly misses: number;
}

/** The timing of clients, and of the coordinator on `/ws` and `/api/ws`: a silent end is found after 60 to 80 s. */
export const KEEP_ALIVE: KeepAliveTiming = { period: 20_000, misses: 3 };

/** The longest time until a silent end is found, in milliseconds. */
export function longestSilence({ period, misses }: KeepAliveTiming): number {
  return period * (misses + 1);
}

/** A running keep-alive; disposing it stops the pings. */
export interface KeepAlive extends Disposable {
  /** Called when a message or a control frame of the other end arrived. */
  received(): void;
}

/** Starts to ping. The first ping is due after one period. */
export function createKeepAlive(
  { clock, timing, ping, silent }: {
    readonly clock: Clock;
    readonly timing: KeepAliveTiming;
    /** Sends a ping, which the other end has to answer. */
    readonly ping: () => void;
    /** Called once, when {@linkcode KeepAliveTiming.misses} pings in a row got no answer. */
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
