/**
 * The facts of a request that a test makes up.
 *
 * @module
 */
import {
  createFactsReader,
  type RequestFacts,
  type RequestFactsOptions,
} from "../../../coordinator/listen/request_facts.ts";

export interface MadeUpRequest extends Partial<RequestFactsOptions> {
  readonly headers?: HeadersInit;
  /** The IP address that the connection comes from. */
  readonly peer?: string;
  readonly tls?: boolean;
}

/** Reads the facts as the listening server does. */
export function factsOf(
  { headers = {}, peer = "192.0.2.1", tls = false, publicUrl, trustedProxies = [] }: MadeUpRequest =
    {},
): RequestFacts {
  const read = createFactsReader({ publicUrl, trustedProxies });
  return read(new Headers(headers), { peer, tls });
}
