/**
 * What a route knows of a request besides the request.
 *
 * @module
 */

/** The environment of every Hono app of the coordinator. */
export interface AppEnv {
  readonly Bindings: {
    /**
     * The client's IP address: the socket's peer, or with `FARPAD_TRUST_PROXY` the last address of
     * `X-Forwarded-For`.
     */
    readonly address: string;
  };
}
