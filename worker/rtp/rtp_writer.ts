/**
 * The interface through which a connection's packets leave. `worker/fast_send/` sends past the runtime,
 * `worker/werift/rtp_writer.ts` through werift; their packets have the same bytes.
 *
 * @module
 */
import type { RtpPacket } from "./rtp_stream.ts";

/** A media section of a connection. */
export type Section = "video" | "audio";

/** Encrypts and sends the packets of one connection. Disposing frees what it holds of the system. */
export interface RtpWriter extends Disposable {
  /**
   * Sends packets of one section in order and at once. A packet that cannot be sent is dropped. Each stream's packets
   * come in the order of their numbers.
   */
  write(section: Section, packets: readonly RtpPacket[]): void;
}
