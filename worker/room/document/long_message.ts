/**
 * A document or change on its way to one page in parts: a few in each turn, while little waits in the channel, all of
 * them again until the page has acknowledged it. It stays the same one however the document changes meanwhile, so that
 * a page on a link that loses packets gets it whole.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { Version } from "../../../protocol/room_state/document.ts";
import type { Revision } from "../../../protocol/room_state/revision.ts";
import { FIRST_REPEAT, LAST_REPEAT } from "../../../protocol/room_state/worker_sync.ts";

/** Most parts that leave in one turn. */
const EACH_TURN = 4;
/** Bytes that wait in the channel beyond which no part is added. */
const ENOUGH_UNSENT = 4_096;

/** The channel of the page. */
export interface PartChannel {
  /** Bytes that wait to be sent. */
  unsent(): number;
  /** Sends a part; false: it was dropped. */
  send(part: Uint8Array<ArrayBuffer>): boolean;
}

/** One document or change for one page. */
export class LongMessage {
  /** The document that the page has once it is whole. */
  readonly version: Version;
  /** What the page had acknowledged when it began. */
  readonly acked: Revision;
  readonly #parts: readonly Uint8Array<ArrayBuffer>[];
  #next = 0;
  #repeatAt: Millis | undefined;
  #wait = FIRST_REPEAT;

  constructor(
    { version, acked, parts }: {
      readonly version: Version;
      readonly acked: Revision;
      readonly parts: readonly Uint8Array<ArrayBuffer>[];
    },
  ) {
    this.version = version;
    this.acked = acked;
    this.#parts = parts;
  }

  /** Sends the parts that are due. */
  turn(now: Millis, channel: PartChannel): void {
    if (this.#repeatAt !== undefined) {
      if (now < this.#repeatAt) return;
      this.#repeatAt = undefined;
      this.#next = 0;
    }
    for (let sent = 0; sent < EACH_TURN && this.#next < this.#parts.length; sent++) {
      if (channel.unsent() > ENOUGH_UNSENT || !channel.send(this.#parts[this.#next]!)) return;
      this.#next += 1;
    }
    if (this.#next < this.#parts.length) return;
    this.#repeatAt = now + this.#wait as Millis;
    this.#wait = Math.min(2 * this.#wait, LAST_REPEAT);
  }
}
