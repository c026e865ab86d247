/**
 * Sealed packets to one destination, and the system call that sends them: the memory of `sendmmsg`, which is laid out
 * once. A process has one batch, because packets are sealed and sent in one go. Everything the system reads lies in one
 * `ArrayBuffer`, which does not move and lives as long as the batch.
 *
 * @module
 */
import { type Libc, MESSAGE_SIZE } from "./libc.ts";
import { segmentsEnd } from "./segments.ts";
import { IPV6_SIZE } from "../../media/socket_address.ts";

/** Most packets of a batch. */
export const MOST_PACKETS = 32;
/** Most bytes of a header. */
export const HEADER_ROOM = 64;
/** Most bytes of a sealed payload: an Ethernet frame holds no more. */
export const PAYLOAD_ROOM = 1_472;
const ROOM = HEADER_ROOM + PAYLOAD_ROOM;

/** Layout of `struct mmsghdr`, `iovec` and `cmsghdr` on Linux with 64 bits; offsets in bytes. */
const NAME = { address: 0, length: 8 };
const VECTORS = { address: 16, count: 24 };
const CONTROL = { address: 32, length: 40 };
const VECTOR_SIZE = 16;
const CONTROL_SIZE = 24;
const CONTROL_USED = 18;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;

/** Where each part begins in the memory. */
const NAME_AT = 0;
const MESSAGES_AT = 32;
const VECTORS_AT = MESSAGES_AT + MOST_PACKETS * MESSAGE_SIZE;
const CONTROLS_AT = VECTORS_AT + MOST_PACKETS * VECTOR_SIZE;
const PACKETS_AT = CONTROLS_AT + MOST_PACKETS * CONTROL_SIZE;

/** How packets are passed to the system: each message is a run of packets that it cuts, or one packet. */
export type Grouping = "segments" | "packets";

/** The packets that are about to be sent. */
export class Batch {
  readonly #libc: Libc;
  readonly #memory = new ArrayBuffer(PACKETS_AT + MOST_PACKETS * ROOM);
  readonly #view = new DataView(this.#memory);
  readonly #bytes = new Uint8Array(this.#memory);
  readonly #messages = new Uint8Array(this.#memory, MESSAGES_AT, MOST_PACKETS * MESSAGE_SIZE);
  /** The address of the memory. */
  readonly #address = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#bytes)));
  /** Where each packet's payload goes. Its header ends where it begins. */
  readonly #payloads = Array.from(
    { length: MOST_PACKETS },
    (_, index) => new Uint8Array(this.#memory, payloadAt(index), PAYLOAD_ROOM),
  );
  readonly #lengths = new Uint32Array(MOST_PACKETS);
  readonly #headers = new Uint32Array(MOST_PACKETS);
  #count = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
    for (let index = 0; index < MOST_PACKETS; index++) {
      this.#point(MESSAGES_AT + index * MESSAGE_SIZE + NAME.address, NAME_AT);
      const control = CONTROLS_AT + index * CONTROL_SIZE;
      this.#view.setUint32(control, CONTROL_USED, true);
      this.#view.setUint32(control + 8, SOL_UDP, true);
      this.#view.setUint32(control + 12, UDP_SEGMENT, true);
    }
  }

  /** How many packets it holds. */
  get count(): number {
    return this.#count;
  }

  /** Whether there is room for another packet. */
  get isFull(): boolean {
    return this.#count === MOST_PACKETS;
  }

  /** Removes all packets. */
  clear(): void {
    this.#count = 0;
  }

  /** Where the payload of the next packet is written, before the packet is added. */
  get room(): Uint8Array<ArrayBuffer> {
    const room = this.#payloads[this.#count];
    if (!room) throw new RangeError(`Cannot send more than ${MOST_PACKETS} packets at once`);
    return room;
  }

  /**
   * Adds a packet whose payload was written to {@linkcode room}.
   *
   * @throws {RangeError} when the batch is full, or the packet does not fit
   */
  add(header: Uint8Array, payloadLength: number): void {
    const index = this.#count;
    if (index >= MOST_PACKETS || header.length > HEADER_ROOM || payloadLength > PAYLOAD_ROOM) {
      throw new RangeError(
        `Cannot send a header of ${header.length} and a payload of ${payloadLength} bytes as packet ${index}`,
      );
    }
    this.#bytes.set(header, payloadAt(index) - header.length);
    this.#headers[index] = header.length;
    this.#lengths[index] = header.length + payloadLength;
    this.#count++;
  }

  /** The packets from `first` on, copied. */
  packets(first = 0): Uint8Array<ArrayBuffer>[] {
    return Array.from({ length: this.#count - first }, (_, offset) => {
      const index = first + offset;
      const at = payloadAt(index) - this.#headers[index]!;
      return this.#bytes.slice(at, at + this.#lengths[index]!);
    });
  }

  /**
   * Sends the packets from `first` on to an address (`struct sockaddr`). Returns the first one that the system did not
   * take, and why: the error number, or 0 when it took all.
   */
  send(
    descriptor: number,
    { to, grouping, first = 0 }: {
      readonly to: Uint8Array;
      readonly grouping: Grouping;
      readonly first?: number;
    },
  ): { readonly next: number; readonly fault: number } {
    if (to.length > IPV6_SIZE) throw new RangeError(`Cannot send to ${to.length} bytes of address`);
    this.#bytes.set(to, NAME_AT);
    /** The first packet of each message. */
    const begins: number[] = [];
    let next = first;
    while (next < this.#count) {
      const end = grouping === "packets" ? next + 1 : segmentsEnd(this.#lengths, this.#count, next);
      this.#write(begins.length, { to, first: next, end });
      begins.push(next);
      next = end;
    }
    let sent = 0;
    while (sent < begins.length) {
      const rest = sent === 0 ? this.#messages : this.#messages.subarray(sent * MESSAGE_SIZE);
      const result = this.#libc.sendMessages(descriptor, rest, begins.length - sent);
      if (result <= 0) return { next: begins[sent]!, fault: -result };
      sent += result;
    }
    return { next: this.#count, fault: 0 };
  }

  /** Writes message `index`: the packets from `first` to before `end`. */
  #write(
    index: number,
    { to, first, end }: { readonly to: Uint8Array; readonly first: number; readonly end: number },
  ): void {
    const view = this.#view;
    for (let packet = first; packet < end; packet++) {
      const vector = VECTORS_AT + packet * VECTOR_SIZE;
      this.#point(vector, payloadAt(packet) - this.#headers[packet]!);
      view.setUint32(vector + 8, this.#lengths[packet]!, true);
    }
    const message = MESSAGES_AT + index * MESSAGE_SIZE;
    view.setUint32(message + NAME.length, to.length, true);
    this.#point(message + VECTORS.address, VECTORS_AT + first * VECTOR_SIZE);
    view.setUint32(message + VECTORS.count, end - first, true);
    const control = CONTROLS_AT + index * CONTROL_SIZE;
    const isCut = end - first > 1;
    view.setUint16(control + 16, this.#lengths[first]!, true);
    if (isCut) this.#point(message + CONTROL.address, control);
    else view.setBigUint64(message + CONTROL.address, 0n, true);
    view.setUint32(message + CONTROL.length, isCut ? CONTROL_SIZE : 0, true);
  }

  /** Writes at `at` the address of the memory at `target`. */
  #point(at: number, target: number): void {
    const address = this.#address + target;
    this.#view.setUint32(at, address, true);
    this.#view.setUint32(at + 4, Math.floor(address / 2 ** 32), true);
  }
}

function payloadAt(index: number): number {
  return PACKETS_AT + index * ROOM + HEADER_ROOM;
}
