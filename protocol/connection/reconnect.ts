/**
 * The delays between attempts to connect: 1, 2, 4 … 30 s, with up to 20 % of jitter, which spreads the attempts of a
 * fleet. Only the layer that retries a connection uses this; no layer above or below it retries.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";

const FIRST = 1_000;
const LONGEST = 30_000;
const JITTER = 0.2;
/** A connection that lasted this long was healthy: the next failure starts over at the first delay. */
const HEALTHY = 10_000;

/** How long to wait before the attempt after `failures` failures in a row, in milliseconds. */
export function retryDelay(failures: number, random: Random, longest = LONGEST): number {
  const base = Math.min(FIRST * 2 ** Math.max(0, failures - 1), longest);
  return Math.round(base * (1 + JITTER * random.unit()));
}

/** Plans the attempts to connect again. */
export interface Reconnector extends Disposable {
  /** The connection is up. */
  opened(): void;
  /** The connection ended or could not be made; plans the next attempt and returns its delay in milliseconds. */
  lost(): number;
  /**
   * The owner dials by itself, because there is a sign that it succeeds: cancels the planned attempt, and the delays
   * start at 1 s again.
   */
  anew(): void;
}

/**
 * Calls `connect` again after every loss. The owner makes the first call. Disposing cancels the planned attempt;
 * after that the owner must not report a loss.
 */
export function createReconnector(
  { clock, random, connect, longestDelay }: {
    clock: Clock;
    random: Random;
    connect: () => void;
    /** The longest delay without its jitter, in milliseconds; 30 s without this. */
    longestDelay?: number | undefined;
  },
): Reconnector {
  let failures = 0;
  let openedAt: number | undefined;
  let planned: Disposable | undefined;
  return {
    opened() {
      openedAt = clock.now();
    },
    lost() {
      if (openedAt !== undefined && clock.now() - openedAt >= HEALTHY) failures = 0;
      openedAt = undefined;
      failures += 1;
      const delay = retryDelay(failures, random, longestDelay);
      planned?.[Symbol.dispose]();
      planned = clock.after(delay, connect);
      return delay;
    },
    anew() {
      failures = 0;
      planned?.[Symbol.dispose]();
    },
    [Symbol.dispose]: () => planned?.[Symbol.dispose](),
  };
}
