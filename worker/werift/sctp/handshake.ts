/**
 * Makes werift's side of the SCTP handshake fast enough for a browser on the same machine.
 *
 * werift accepts an answer only after the sending of its own packet has completed, and drops an answer that arrives
 * before. On one machine the answer can arrive first. The handshake then stops until werift repeats its packet three
 * seconds later (measured in one of twenty connections).
 *
 * @module
 */
import type { RTCSctpTransport } from "werift";

type Chunk = Parameters<RTCSctpTransport["sctp"]["sendChunk"]>[0];

/** The chunks that have an answer: INIT (RFC 9260 §3.3.2) and COOKIE ECHO (§3.3.11). */
const AWAITING_ANSWER = [1, 10];

/** Seconds until a packet without an answer is repeated: RFC 9260 §16 recommends one, werift has three. */
const FIRST_TIMEOUT = 1;

/** Changes a transport so that it accepts an answer at once, and repeats a lost packet after one second. */
export function shortenSctpHandshake({ sctp }: RTCSctpTransport): void {
  const send = sctp.sendChunk.bind(sctp);
  Object.assign(sctp, { rto: FIRST_TIMEOUT });
  // werift repeats a packet a moment after its time is over: when the answer comes in between, there is none.
  sctp.sendChunk = (chunk: Chunk | undefined) => {
    if (chunk === undefined) return Promise.resolve();
    if (!AWAITING_ANSWER.includes(chunk.type)) return send(chunk);
    // The handshake's own timer repeats a chunk that could not be sent.
    send(chunk).catch(() => {});
    return Promise.resolve();
  };
}
