/**
 * Documents and changes in messages of the channel `state`: a short one is one message, a longer one goes in parts, each
 * of which fits one packet. A page keeps the parts that it has, so that a repetition brings those that were lost.
 *
 * ```text
 * part    [41, revision, from, index, count, bytes]     `from`: 0 of a whole document
 * ```
 *
 * @module
 */
import { CHANNELS } from "../control/channels.ts";
import { pack, unpack } from "../msgpack.ts";
import { isLater, NO_REVISION, type Revision, RevisionNumber } from "./revision.ts";
import { decodeState, encodeState, MAX_STATE_BYTES, type StateMessage } from "./wire.ts";

const PART = 41;

/** Bytes of a part; the last one may have fewer. */
export const PART_BYTES = 1_024;
const MOST_PARTS = Math.ceil(MAX_STATE_BYTES / PART_BYTES);

interface Part {
  readonly revision: Revision;
  readonly from: Revision;
  readonly index: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Encodes a document or a change as one message, or as its parts in order. */
export function encodeParts(message: StateMessage): readonly Uint8Array<ArrayBuffer>[] {
  const whole = encodeState(message);
  if (whole.length <= CHANNELS.state.most) return [whole];
  const { revision } = message;
  const from = message.type === "merge" ? message.from : NO_REVISION;
  const count = Math.ceil(whole.length / PART_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const bytes = whole.subarray(index * PART_BYTES, (index + 1) * PART_BYTES);
    return pack([PART, revision, from, index, count, bytes]);
  });
}

/** The page's end: reads what comes, and puts the parts of the newest document together. */
export class StateReader {
  #newest: Omit<Part, "index" | "bytes"> | undefined;
  /** The parts of the newest document by index. */
  readonly #parts = new Map<number, Uint8Array>();

  /** Reads a message: a document or a change, a part that completes none yet, or `undefined`: none of them. */
  read(bytes: Uint8Array): StateMessage | "part" | undefined {
    if (bytes.length > CHANNELS.state.most) return undefined;
    const message = decodeState(bytes);
    if (message) return message;
    const part = decodePart(bytes);
    return part && (this.#take(part) ?? "part");
  }

  #take({ index, bytes, ...about }: Part): StateMessage | undefined {
    if (!this.#isOfNewest(about)) {
      if (this.#newest && isLater(this.#newest.revision, about.revision)) return undefined;
      this.#newest = about;
      this.#parts.clear();
    }
    // It is a view of a message, which may be part of something larger.
    this.#parts.set(index, bytes.slice());
    if (this.#parts.size < about.count) return undefined;
    const whole = new Uint8Array(PART_BYTES * about.count);
    let length = 0;
    for (let at = 0; at < about.count; at++) {
      const each = this.#parts.get(at)!;
      whole.set(each, length);
      length += each.length;
    }
    this.#parts.clear();
    return decodeState(whole.subarray(0, length));
  }

  #isOfNewest({ revision, from, count }: Omit<Part, "index" | "bytes">): boolean {
    const newest = this.#newest;
    return newest?.revision === revision && newest.from === from && newest.count === count;
  }
}

function decodePart(message: Uint8Array): Part | undefined {
  const value = unpack(message);
  if (!Array.isArray(value) || value.length !== 6 || value[0] !== PART) return undefined;
  const [, ...fields]: readonly unknown[] = value;
  const [revision, from, index, count] = fields.slice(0, 4).map((field) =>
    RevisionNumber.safeParse(field).data
  );
  const bytes = fields[4];
  if (!revision || from === undefined || index === undefined || count === undefined) {
    return undefined;
  }
  const isCounted = count >= 2 && count <= MOST_PARTS && index < count;
  if (!isCounted || !(bytes instanceof Uint8Array) || bytes.length === 0) return undefined;
  const isSized = index < count - 1 ? bytes.length === PART_BYTES : bytes.length <= PART_BYTES;
  return isSized ? { revision, from, index, count, bytes } : undefined;
}
