/**
 * The bindings of every request: the facts that the coordinator adds to the request.
 *
 * @module
 */
import type { RequestFacts } from "../listen/request_facts.ts";

/** The environment of every Hono app of the coordinator. */
export interface AppEnv {
  readonly Bindings: RequestFacts;
}
