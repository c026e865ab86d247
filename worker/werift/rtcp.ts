/**
 * Takes the decrypted RTCP of a transport before werift reads it. werift reads a NACK beyond its own length, so what
 * follows in the datagram becomes sequence numbers, and it has no use for feedback: this worker sends the media itself.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { RTCDtlsTransport } from "werift";

const NOTHING = Buffer.alloc(0);

/** Calls `take` for each decrypted RTCP datagram of a transport whose DTLS handshake is complete. */
export function takeRtcp(transport: RTCDtlsTransport, take: (datagram: Uint8Array) => void): void {
  const { srtcp } = transport;
  const decrypt = srtcp.decrypt.bind(srtcp);
  srtcp.decrypt = (datagram) => {
    take(decrypt(datagram));
    return NOTHING;
  };
}
