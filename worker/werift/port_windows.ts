/**
 * Where each peer connection begins to look for free UDP ports. werift takes the lowest free one in two steps,
 * looking and binding; connections that begin at the same port at the same time get in each other's way.
 *
 * @module
 */
import type { Random } from "../../protocol/random.ts";

export type PortRange = readonly [number, number];

/** A connection takes one port for each address of the machine; few have more. */
const PORTS = 8;

/** Returns windows of a range, each beginning after the one before; the first anywhere, for other processes. */
export function portWindows([first, last]: PortRange, random: Random): () => PortRange {
  const most = Math.max(1, last - first + 1 - PORTS);
  let next = Math.floor(random.unit() * most);
  return () => {
    const window: PortRange = [first + next, last];
    next = (next + PORTS) % most;
    return window;
  };
}
