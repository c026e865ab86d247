/**
 * TLS on accepted connections. `Deno.listenTls` of Deno 2.9 keeps the file of a connection that is closed before its
 * handshake is complete; here the connection below is closed, whatever TLS does.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";

/**
 * Returns what puts TLS on a connection; `cert` and `key` are PEM.
 *
 * @throws {Error} when the certificate or the key cannot be read, or they do not belong together
 */
export function tlsLayer(
  { cert, key }: { readonly cert: string; readonly key: string },
): (stream: Duplex) => Duplex {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error("the key is not that of the certificate");
  }
  const secureContext = createSecureContext({ cert, key });
  return (stream) => {
    const socket = new TLSSocket(stream, {
      isServer: true,
      secureContext,
      ALPNProtocols: ["http/1.1"],
    });
    // A handshake that fails is followed by the close.
    socket.on("error", () => {});
    return socket;
  };
}
