/**
 * The bindings of every request: what the coordinator knows of it besides the request.
 *
 * @module
 */
import type { RequestFacts } from "../listen/request_facts.ts";

/** The environment of every Hono app of the coordinator. */
export interface AppEnv {
  readonly Bindings: RequestFacts;
}
