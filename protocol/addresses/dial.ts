/**
 * Dials a host at IP addresses that were checked before ({@linkcode findReachable}). The name of the host is not
 * resolved again; it counts for the certificate alone.
 *
 * @module
 */
import type { Clock } from "../clock.ts";

/** How long one address may take to answer, in milliseconds. */
const CONNECT_LIMIT = 2_000;
/** The most addresses of a host that are tried. */
const MAX_TRIES = 3;

/** The host to dial. */
export interface DialTarget {
  /** Canonical, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether the connection is TLS. */
  readonly tls: boolean;
  /** The IP addresses that may be dialled, best first. */
  readonly reachable: readonly string[];
}

/**
 * Connects to the first address that answers. `caCerts`: PEM of authorities to trust besides the usual ones.
 *
 * @throws {Error} when no address answers. A certificate that is not valid for the host is an error of the handshake,
 *   at the first read or write at the latest
 */
export async function dialReachable(
  { host, port, tls, reachable }: DialTarget,
  { clock, caCerts = [] }: { readonly clock: Clock; readonly caCerts?: readonly string[] },
): Promise<Deno.Conn> {
  let fault: unknown;
  for (const hostname of reachable.slice(0, MAX_TRIES)) {
    try {
      const connection = await connect({ hostname, port, clock });
      return tls
        ? await Deno.startTls(connection, { hostname: host, caCerts: [...caCerts] })
        : connection;
    } catch (error) {
      fault = error;
    }
  }
  throw fault ?? new Error("there is no address to dial");
}

async function connect(
  { clock, ...place }: { clock: Clock; hostname: string; port: number },
): Promise<Deno.TcpConn> {
  const stopper = new AbortController();
  using _limit = clock.after(CONNECT_LIMIT, () => {
    stopper.abort(new Error(`it did not answer within ${CONNECT_LIMIT / 1000} s`));
  });
  return await Deno.connect({ ...place, signal: stopper.signal });
}
