/**
 * Sends the RTP packets of one connection past the runtime: sealed by OpenSSL, and in as few system calls as the system
 * allows. What cannot be sent is dropped, as the network would drop it; the browser asks for it again.
 *
 * ```text
 *             the system refuses to cut a message
 * segments ───────────────────────────────────────▶ packets      (for good)
 * ```
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { RtpHeader, type RtpSection } from "../rtp/rtp_header.ts";
import type { RtpPacket } from "../rtp/rtp_stream.ts";
import type { RtpWriter, Section } from "../rtp/rtp_writer.ts";
import type { Grouping } from "./batch.ts";
import type { FastSend } from "./fast_send.ts";
import { ERRNO } from "./libc.ts";
import { type SrtpKeys, SrtpSealer } from "./srtp_sealer.ts";

/** Where packets go at the moment. */
export type Route =
  /** Along this descriptor to this address (`struct sockaddr`). */
  | { readonly type: "direct"; readonly descriptor: number; readonly to: Uint8Array }
  /** By a relay, or on a socket whose descriptor is not known: one after the other. */
  | { readonly type: "other"; send(datagram: Uint8Array<ArrayBuffer>): void };

/** The connection whose packets are sent. Disposing frees the descriptors that it made. */
export interface RouteSource extends Disposable {
  /** The way to the browser, asked for before each write; `undefined` while there is none. */
  route(): Route | undefined;
}

/** The parts of a fast writer. The writer disposes `routes`. */
export interface FastWriterOptions {
  readonly fast: FastSend;
  readonly keys: SrtpKeys;
  readonly sections: Readonly<Record<Section, RtpSection>>;
  readonly routes: RouteSource;
  readonly clock: Clock;
}

/** Faults of a message that single packets may not have. */
const REFUSALS: readonly number[] = [ERRNO.EINVAL, ERRNO.EIO, ERRNO.EMSGSIZE];
/** Faults that are like a full queue of the network, and no reason for a line of the log. */
const QUEUE_FULL: readonly number[] = [ERRNO.EAGAIN, ERRNO.ENOBUFS];

/** Sends the packets of one connection. Disposing frees key and descriptors; packets are dropped from then on. */
export class FastWriter implements RtpWriter {
  readonly #options: FastWriterOptions;
  readonly #headers: Readonly<Record<Section, RtpHeader>>;
  readonly #sealer: SrtpSealer;
  #grouping: Grouping;
  #isDisposed = false;
  /** Whether a fault was logged; one line tells enough. */
  #hasComplained = false;

  /**
   * Makes a writer.
   *
   * @throws {Error} when the keys cannot be used
   */
  constructor(options: FastWriterOptions) {
    const { fast, keys, sections } = options;
    this.#options = options;
    this.#grouping = fast.grouping;
    this.#headers = {
      video: new RtpHeader(sections.video),
      audio: new RtpHeader(sections.audio),
    };
    this.#sealer = new SrtpSealer(fast.libcrypto, keys);
  }

  write(section: Section, packets: readonly RtpPacket[]): void {
    if (this.#isDisposed) return;
    const { fast: { batch }, routes, clock } = this.#options;
    const route = routes.route();
    const header = this.#headers[section];
    const now = clock.now();
    batch.clear();
    for (const packet of packets) {
      if (!route) {
        this.#sealer.skip(packet);
        continue;
      }
      header.fill(packet, now);
      batch.add(header.bytes, this.#seal(packet, header.bytes, batch.room));
      if (batch.isFull) this.#flush(route);
    }
    if (route) this.#flush(route);
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#sealer[Symbol.dispose]();
    this.#options.routes[Symbol.dispose]();
  }

  #seal(
    packet: RtpPacket,
    header: Uint8Array<ArrayBuffer>,
    into: Uint8Array<ArrayBuffer>,
  ): number {
    const { payload } = packet;
    // The library reads no memory that another thread may change.
    const own = isUnshared(payload) ? payload : Uint8Array.from(payload);
    return this.#sealer.seal(packet, { header, payload: own, into });
  }

  #flush(route: Route): void {
    const { fast: { batch } } = this.#options;
    if (batch.count > 0) {
      if (route.type === "other") { for (const packet of batch.packets()) route.send(packet); }
      else this.#send(route);
    }
    batch.clear();
  }

  #send({ descriptor, to }: Route & { readonly type: "direct" }): void {
    const { fast: { batch, log } } = this.#options;
    const { next, fault } = batch.send(descriptor, { to, grouping: this.#grouping });
    if (fault === 0 || QUEUE_FULL.includes(fault)) return;
    if (this.#grouping === "packets" || !REFUSALS.includes(fault)) return this.#complain(fault);
    const again = batch.send(descriptor, { to, grouping: "packets", first: next });
    // An address to which no packet goes proves nothing about cutting.
    if (again.next === next) return this.#complain(again.fault);
    this.#grouping = "packets";
    log.warn("the system cut no message into packets, so this connection sends them one by one", {
      errno: fault,
    });
  }

  #complain(errno: number): void {
    if (this.#hasComplained || QUEUE_FULL.includes(errno)) return;
    this.#hasComplained = true;
    this.#options.fast.log.warn("packets of a connection were dropped: the system refused them", {
      errno,
    });
  }
}

function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
