/**
 * Chooses the UDP port from which each peer connection looks for free ports. werift finds the lowest free port and then
 * binds it; when two connections look from the same port at the same time, both find it, and only one can bind it.
 *
 * @module
 */
import type { Random } from "../../protocol/random.ts";

/** First and last UDP port, inclusive. */
export type PortRange = readonly [number, number];

/** A connection takes one port for each address of the machine; few machines have more. */
const PORTS = 8;

/**
 * Returns a function that narrows a range to the window of the next connection. Each window begins after the one
 * before; the first begins at a random port, because other processes use the same range.
 */
export function portWindows(random: Random): (range: PortRange) => PortRange {
  let taken: number | undefined;
  return ([first, last]) => {
    const most = Math.max(1, last - first + 1 - PORTS);
    taken ??= Math.floor(random.unit() * most);
    const next = taken % most;
    taken = next + PORTS;
    return [first + next, last];
  };
}
