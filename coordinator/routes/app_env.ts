/**
 * The bindings of every request: the facts that the coordinator adds to the request.
 *
 * @module
 */
import type { RequestFacts } from "../listen/request_facts.ts";
import type { Upgrade } from "../listen/upgrade.ts";

/** What a handler gets with each request. */
export interface Bindings extends RequestFacts {
  /** Absent: the request asks for no WebSocket. */
  readonly upgrade?: Upgrade | undefined;
}

/** The environment of every Hono app of the coordinator. */
export interface AppEnv {
  readonly Bindings: Bindings;
}
