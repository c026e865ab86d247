/**
 * Makes werift's side of the SCTP handshake quick enough for a near browser.
 *
 * werift moves on to waiting for an answer only after its own packet has left, and drops an answer that it does not
 * wait for. On one machine the answer can be there first; the handshake then stood still until werift repeated
 * itself three seconds later, seen in one of twenty connections.
 *
 * @module
 */
import type { RTCSctpTransport } from "werift";

/** INIT (RFC 9260 §3.3.2) and COOKIE ECHO (§3.3.11): what an answer is waited for. */
const AWAITING_ANSWER = [1, 10];

/** First guess of the time to an answer, in seconds: RFC 9260 §16 says one, werift three. */
const FIRST_TIMEOUT = 1;

export function shortenSctpHandshake({ sctp }: RTCSctpTransport): void {
  const send = sctp.sendChunk.bind(sctp);
  Object.assign(sctp, { rto: FIRST_TIMEOUT });
  sctp.sendChunk = (chunk) => {
    if (!AWAITING_ANSWER.includes(chunk.type)) return send(chunk);
    // What could not be sent is repeated by the handshake's own timer.
    send(chunk).catch(() => {});
    return Promise.resolve();
  };
}
