/**
 * Which interface each path of a stream is tied to. A single path on the interface of the default route is not tied, so
 * that it follows the route when that changes. Of several paths each is tied: two that followed one route would share
 * one interface, and the bond would be none. A worker on the device itself is reached over no interface. Pure.
 *
 * @module
 */
import type { BondedPath } from "./rist/rist_link.ts";

/** What decides. */
export interface TieFacts {
  /** The interface of the default route when the stream started. */
  readonly used: string | undefined;
  /** Addresses of the device itself. */
  readonly own: readonly string[];
}

const LOOPBACK = ["127.0.0.1", "::1"] as const;

/** The paths to `destinations` over the wished interfaces. */
export function tiedPaths(
  destinations: readonly string[],
  wished: readonly (string | undefined)[],
  { used, own }: TieFacts,
): readonly BondedPath[] {
  return destinations.map((url, index) => {
    const name = wished[index];
    if (name === undefined || name !== used) return { url, interface: name };
    if (destinations.length === 1) return { url, interface: undefined };
    return { url, interface: name, unlessTo: [...LOOPBACK, ...own] };
  });
}
