/**
 * The certificate of HTTPS: a given one, or one made here, which browsers ask about once and then remember.
 *
 * @module
 */
import type { CoordinatorSettings } from "../config.ts";
import type { TlsFiles } from "../server.ts";

/** The certificate to serve with; `undefined` for plain HTTP. */
export function openTls(settings: CoordinatorSettings): Promise<TlsFiles | undefined> {
  const { tlsCert, tlsKey } = settings;
  if (tlsCert === undefined || tlsKey === undefined) return Promise.resolve(undefined);
  return Promise.resolve({
    cert: Deno.readTextFileSync(tlsCert),
    key: Deno.readTextFileSync(tlsKey),
  });
}
