/**
 * One datagram link after its handshake, without a socket and without a clock: datagrams and the time go in, datagrams
 * and messages come out. Both ends are the same.
 *
 * ```text
 *            ┌───────────── batches, direct packets, pings ─────────────┐
 *  open ─────┴─▶ open ── close() · close received · no pong · undeliverable · contradiction ──▶ closed(reason)
 * ```
 *
 * @module
 */
import type { Millis } from "../clock.ts";
import type { LinkOptions } from "./options.ts";
import type { LinkEnd, Packet } from "./packet.ts";
import {
  type Accepted,
  type Address,
  type DatagramFault,
  sameAddress,
  type Wire,
} from "./ports.ts";
import { Incoming } from "./reliable/incoming.ts";
import { type BatchRefusal, Outgoing } from "./reliable/outgoing.ts";
import { RoundTrip } from "./reliable/round_trip.ts";

/** What an owner of a link is told. */
export interface LinkEvents {
  /** A whole batch, in the order of sending. */
  batch(bytes: Uint8Array): void;
  /** The payload of a direct packet. */
  direct(bytes: Uint8Array): void;
  /** The last event. */
  closed(reason: LinkEnd): void;
}

/** What a link needs. */
export interface LinkPorts {
  readonly wire: Wire;
  readonly options: LinkOptions;
  /** The other end's receive buffer, in bytes. */
  readonly theirBuffer: number;
  readonly events: LinkEvents;
  /** The round trip of the handshake in milliseconds, if it was measured. */
  readonly rtt?: number;
  transmit(datagram: Uint8Array, to: Address): void;
}

/** Why something was not sent. */
export type SendRefusal = BatchRefusal | "closed";

/** Counts of a link since it was opened, and its present figures. */
export interface LinkStats {
  readonly sentPackets: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedBytes: number;
  readonly sentBatches: number;
  readonly receivedBatches: number;
  /** Data packets that were sent again. */
  readonly resentPackets: number;
  /** Data packets that this end asked for again. */
  readonly askedPackets: number;
  readonly duplicatePackets: number;
  /** Data packets that were dropped because they were too far ahead. */
  readonly beyondPackets: number;
  /** Batches that were refused because the send buffer was full or the other end's too small. */
  readonly refusedBatches: number;
  /** Datagrams that were dropped, by reason. */
  readonly faults: Readonly<Partial<Record<DatagramFault, number>>>;
  /** How often the other end's address changed. */
  readonly moves: number;
  /** Smoothed round trip in milliseconds; `undefined` before it is measured. */
  readonly rtt: number | undefined;
  /** Milliseconds until a packet without an acknowledgement is sent again. */
  readonly timeout: number;
  /** Bytes of batches that wait or are not acknowledged. */
  readonly heldBytes: number;
  /** Bytes of batches on their way, and the most of these. */
  readonly flyingBytes: number;
  readonly windowBytes: number;
}

/** Whether a link is open, or why not. */
export type LinkState =
  | { readonly state: "open" }
  | { readonly state: "closed"; readonly reason: LinkEnd };

/** One datagram link. */
export class DatagramLink {
  readonly #ports: LinkPorts;
  readonly #roundTrip: RoundTrip;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #faults: Partial<Record<DatagramFault, number>> = {};
  readonly #count = { sent: 0, sentBytes: 0, received: 0, receivedBytes: 0, moves: 0 };
  readonly #batches = { sent: 0, received: 0, refused: 0 };
  #state: LinkState = { state: "open" };
  #address: Address;
  readonly #openedAt: Millis;
  #pingAt: Millis;
  #hasReceived = true;
  #unanswered = 0;
  #pingedAt: Millis | undefined;

  constructor(ports: LinkPorts, { address, now }: { address: Address; now: Millis }) {
    this.#ports = ports;
    this.#address = address;
    const { wire, options, events } = ports;
    this.#openedAt = now;
    this.#pingAt = (now + options.pingInterval) as Millis;
    this.#roundTrip = new RoundTrip({ maxTimeout: options.deliveryTimeout });
    if (ports.rtt !== undefined) this.#roundTrip.sample(ports.rtt);
    const emit = (packet: Packet) => this.#emit(packet);
    this.#outgoing = new Outgoing({
      options,
      roundTrip: this.#roundTrip,
      payload: {
        most: options.udpPacketSize - wire.dataOverhead,
        overhead: wire.dataOverhead,
      },
      allowsParts: !wire.isPlain,
      theirBuffer: ports.theirBuffer,
      emit,
    });
    this.#incoming = new Incoming({
      receiveBufferSize: options.receiveBufferSize,
      roundTrip: this.#roundTrip,
      singleAcks: wire.isPlain,
      emit,
      deliver: (batch) => {
        if (this.#state.state === "closed") return;
        this.#batches.received++;
        events.batch(batch);
      },
    });
  }

  /** Whether the link is open, or why not. */
  get state(): LinkState {
    return this.#state;
  }

  /** Where the other end was last. */
  get address(): Address {
    return this.#address;
  }

  /** The largest payload of a direct packet, in bytes. */
  get maxDirect(): number {
    return this.#ports.options.udpPacketSize - this.#ports.wire.directOverhead;
  }

  /** Queues a batch, which arrives whole and in order; returns why not. The bytes must not change afterwards. */
  send(batch: Uint8Array, now: Millis): SendRefusal | undefined {
    if (this.#state.state === "closed") return "closed";
    const refusal = this.#outgoing.push(batch);
    if (refusal) this.#batches.refused++;
    else this.#batches.sent++;
    this.#outgoing.flush(now);
    return refusal;
  }

  /** Sends a message once, without any repetition; returns why not. */
  direct(payload: Uint8Array): SendRefusal | undefined {
    if (this.#state.state === "closed") return "closed";
    if (payload.length > this.maxDirect) return "too_large";
    this.#emit({ type: "direct", payload });
    return undefined;
  }

  /** Sends the first packet of the dialling end, which opens the other end, until something comes back. */
  greet(now: Millis): void {
    this.#keepAlive(now);
  }

  /** Takes a datagram that came for this link. */
  receive(datagram: Uint8Array, from: Address, now: Millis): void {
    if (this.#state.state === "closed") return;
    const opened = this.#ports.wire.open(datagram);
    if ("fault" in opened) {
      this.#faults[opened.fault] = (this.#faults[opened.fault] ?? 0) + 1;
      return;
    }
    this.accept(opened, { size: datagram.length, from, now });
  }

  /** Takes a datagram of `size` bytes that its wire has opened. */
  accept(opened: Accepted, { size, from, now }: {
    readonly size: number;
    readonly from: Address;
    readonly now: Millis;
  }): void {
    this.#count.received++;
    this.#count.receivedBytes += size;
    this.#hasReceived = true;
    this.#unanswered = 0;
    if (opened.newest && !sameAddress(from, this.#address)) this.#move(from);
    this.#handle(opened.packet, now);
    this.#flush(now);
  }

  /** Handles what is due by the time `now`. */
  advance(now: Millis): void {
    if (this.#state.state === "closed") return;
    if (now >= this.#pingAt) this.#keepAlive(now);
    if (!this.#outgoing.advance(now)) this.close("undeliverable");
    this.#flush(now);
  }

  /** When {@linkcode advance} is due; `undefined` after the end. */
  get deadline(): Millis | undefined {
    if (this.#state.state === "closed") return undefined;
    const due = [this.#pingAt, this.#outgoing.deadline, this.#incoming.deadline];
    return Math.min(...due.map((at) => at ?? Infinity)) as Millis;
  }

  /** Tells the other end and ends the link at once; what was not acknowledged is dropped. */
  close(reason: LinkEnd): void {
    if (this.#state.state === "closed") return;
    this.#emit({ type: "close", reason });
    this.#end(reason);
  }

  /** Counts and figures. */
  get stats(): LinkStats {
    const { held, flying, window, resent } = this.#outgoing.figures;
    const { duplicates, beyond, asked } = this.#incoming.figures;
    return {
      sentPackets: this.#count.sent,
      sentBytes: this.#count.sentBytes,
      receivedPackets: this.#count.received,
      receivedBytes: this.#count.receivedBytes,
      sentBatches: this.#batches.sent,
      receivedBatches: this.#batches.received,
      resentPackets: resent,
      askedPackets: asked,
      duplicatePackets: duplicates,
      beyondPackets: beyond,
      refusedBatches: this.#batches.refused,
      faults: { ...this.#faults },
      moves: this.#count.moves,
      rtt: this.#roundTrip.smoothed,
      timeout: this.#roundTrip.timeout,
      heldBytes: held,
      flyingBytes: flying,
      windowBytes: Math.floor(window),
    };
  }

  #handle(packet: Packet, now: Millis): void {
    switch (packet.type) {
      case "data": {
        const end = this.#incoming.receive(packet, now);
        return end && this.close(end);
      }
      case "ack":
        return this.#outgoing.acknowledge(packet, now);
      case "repeat":
        return this.#outgoing.repeat(packet.numbers, now);
      case "direct":
        return this.#ports.events.direct(packet.payload);
      case "ping":
        return this.#emit({ type: "pong", count: packet.count });
      case "pong":
        // The answer to a ping before the last one measures nothing.
        if (this.#pingedAt !== undefined && packet.count === 0) {
          this.#roundTrip.sample(now - this.#pingedAt);
        }
        this.#pingedAt = undefined;
        return;
      case "close":
        return this.#end(packet.reason);
    }
  }

  #flush(now: Millis): void {
    if (this.#state.state === "closed") return;
    this.#incoming.flush(now);
    this.#outgoing.flush(now);
  }

  /** Sends a ping when nothing came since the last look, and ends the link after too many without an answer. */
  #keepAlive(now: Millis): void {
    const { pingInterval, pingPacketCount, connectionTimeout } = this.#ports.options;
    this.#pingAt = (now + pingInterval) as Millis;
    if (this.#count.received === 0) {
      // The first sealed packet opens the other end, so it is repeated like a connect.
      if (now - this.#openedAt >= connectionTimeout) return this.close("silent");
      this.#pingAt = (now + Math.min(pingInterval, this.#roundTrip.timeout)) as Millis;
    } else if (this.#hasReceived) {
      this.#hasReceived = false;
      return;
    } else if (this.#unanswered >= pingPacketCount) {
      return this.close("silent");
    }
    this.#pingedAt = this.#unanswered === 0 ? now : undefined;
    this.#emit({ type: "ping", count: this.#unanswered & 0xff });
    this.#unanswered++;
  }

  #move(to: Address): void {
    if (!this.#ports.wire.followsAddress) return;
    this.#address = to;
    this.#count.moves++;
    this.#roundTrip.reset();
    this.#outgoing.moved();
  }

  #emit(packet: Packet): void {
    if (this.#state.state === "closed") return;
    const datagram = this.#ports.wire.seal(packet);
    if (!datagram) return;
    this.#count.sent++;
    this.#count.sentBytes += datagram.length;
    this.#ports.transmit(datagram, this.#address);
  }

  #end(reason: LinkEnd): void {
    this.#state = { state: "closed", reason };
    this.#ports.events.closed(reason);
  }
}
