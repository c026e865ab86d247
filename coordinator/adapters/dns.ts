/**
 * Host names by the system's own resolver, so that a name in the hosts file counts too.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import type { Resolve } from "../fleet/url_rules.ts";

export const systemResolve: Resolve = async (host) => {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
};
