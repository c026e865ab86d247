/**
 * Puts the browser's handshake messages in order before werift's DTLS sees them: each one whole and once, in the order
 * of their numbers (RFC 6347 §4.2.2 and §4.2.3). Pure.
 *
 * werift takes fragments and repetitions as they come. A browser repeats a flight after 50 ms, and the network or two
 * network paths may bring the repetition late. Read again, the first ClientHello makes werift choose new keys for a
 * handshake that has gone on with the old ones, and a repeated key exchange changes the hash of the handshake: it then
 * never completes.
 *
 * @module
 */

/** Record: type, version (2), epoch and number (8), length (2). */
const RECORD_HEADER = 13;
const RECORD_LENGTH = 11;
/** Message: type, length (3), number (2), offset of the fragment (3), its length (3). */
const MESSAGE_HEADER = 12;
const CLIENT_HELLO = 1;
/** Longest message that is put together, in bytes; a certificate chain of a browser has less than 2,000. */
const LONGEST = 16_384;
/** Messages beyond the next one that are kept; a browser's flight has four. */
const AHEAD = 4;
/** Most fragments of a message. */
const MOST_FRAGMENTS = 64;

interface Message {
  readonly type: number;
  readonly body: Uint8Array;
  /** Bytes that arrived, as `[from, to)`. */
  readonly fragments: (readonly [number, number])[];
}

interface Fragment {
  readonly type: number;
  readonly length: number;
  readonly number: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The order of one handshake's messages, up to the first encrypted one. */
export class HandshakeOrder {
  /** The number of the next message to pass on. */
  #next = 0;
  readonly #parts = new Map<number, Message>();
  /** The newest ClientHello while nothing followed it, as a record. */
  #hello: Uint8Array | undefined;

  /**
   * Takes a record of the type *handshake* in epoch 0. Returns the records to pass on, each with one whole message. A
   * ClientHello that is repeated before anything followed it is passed on again: the answer to it was lost.
   */
  receive(record: Uint8Array): Uint8Array[] {
    const passed: Uint8Array[] = [];
    for (const fragment of fragmentsOf(record)) {
      const isLast = fragment.offset + fragment.bytes.length === fragment.length;
      if (fragment.number < this.#next) {
        const isNewest = fragment.number === this.#next - 1 && fragment.type === CLIENT_HELLO;
        if (isNewest && isLast && this.#hello) passed.push(this.#hello);
        continue;
      }
      if (fragment.number > this.#next + AHEAD) continue;
      this.#add(fragment);
      passed.push(...this.#complete(record));
    }
    return passed;
  }

  #add({ type, length, number, offset, bytes }: Fragment): void {
    const known = this.#parts.get(number);
    // A fragment that contradicts the earlier ones begins the message anew.
    const message = known?.type === type && known.body.length === length &&
        known.fragments.length < MOST_FRAGMENTS
      ? known
      : { type, body: new Uint8Array(length), fragments: [] };
    this.#parts.set(number, message);
    message.body.set(bytes, offset);
    message.fragments.push([offset, offset + bytes.length]);
  }

  /** The messages that are whole and next, written into records like `sample`. */
  #complete(sample: Uint8Array): Uint8Array[] {
    const records: Uint8Array[] = [];
    for (;;) {
      const message = this.#parts.get(this.#next);
      if (!message || !isWhole(message)) return records;
      this.#parts.delete(this.#next);
      const record = writeRecord(sample, message, this.#next);
      this.#hello = message.type === CLIENT_HELLO ? record : undefined;
      this.#next += 1;
      records.push(record);
    }
  }
}

/** The fragments in a record; those that cannot be right are left out, with all after them. */
function fragmentsOf(record: Uint8Array): Fragment[] {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const uint24 = (at: number) => view.getUint8(at) << 16 | view.getUint16(at + 1);
  const fragments: Fragment[] = [];
  let at = RECORD_HEADER;
  while (at + MESSAGE_HEADER <= record.length) {
    const [length, offset, size] = [uint24(at + 1), uint24(at + 6), uint24(at + 9)];
    const end = at + MESSAGE_HEADER + size;
    if (end > record.length || offset + size > length || length > LONGEST) break;
    fragments.push({
      type: view.getUint8(at),
      length,
      number: view.getUint16(at + 4),
      offset,
      bytes: record.subarray(at + MESSAGE_HEADER, end),
    });
    at = end;
  }
  return fragments;
}

function isWhole({ body, fragments }: Message): boolean {
  let covered = 0;
  for (const [from, to] of fragments.toSorted(([a], [b]) => a - b)) {
    if (from > covered) return false;
    covered = Math.max(covered, to);
  }
  return fragments.length > 0 && covered === body.length;
}

function writeRecord(sample: Uint8Array, { type, body }: Message, number: number): Uint8Array {
  const record = new Uint8Array(RECORD_HEADER + MESSAGE_HEADER + body.length);
  record.set(sample.subarray(0, RECORD_HEADER));
  const view = new DataView(record.buffer);
  view.setUint16(RECORD_LENGTH, MESSAGE_HEADER + body.length);
  const setUint24 = (at: number, value: number) => {
    view.setUint8(at, value >> 16);
    view.setUint16(at + 1, value & 0xffff);
  };
  view.setUint8(RECORD_HEADER, type);
  setUint24(RECORD_HEADER + 1, body.length);
  view.setUint16(RECORD_HEADER + 4, number);
  setUint24(RECORD_HEADER + 6, 0);
  setUint24(RECORD_HEADER + 9, body.length);
  record.set(body, RECORD_HEADER + MESSAGE_HEADER);
  return record;
}
