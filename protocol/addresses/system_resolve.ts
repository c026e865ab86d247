/**
 * Resolves host names with the system's resolver, which also reads the hosts file.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import type { Resolve } from "./reach.ts";

/** Resolves a host name to its addresses; to none when it does not resolve. */
export const systemResolve: Resolve = async (host) => {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
};
