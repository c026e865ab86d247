/**
 * The index of an SRTP stream's packets (RFC 3711 §3.3.1): the sequence number and how often it has wrapped around. An
 * index is used once, because AES-GCM protects nothing when an initialization vector comes twice.
 *
 * @module
 */

const NUMBERS = 2 ** 16;
/** A number that is further ahead is one that was passed already. */
const MOST_AHEAD = NUMBERS / 2;

/** Counts the roll-overs of one stream. */
export class PacketIndex {
  #last: number | undefined;
  #rollovers = 0;

  /**
   * The roll-over counter of the next packet, whose number is after all before.
   *
   * @throws {RangeError} when it is not
   */
  next(sequenceNumber: number): number {
    const last = this.#last ?? sequenceNumber - 1;
    const ahead = (sequenceNumber - last + NUMBERS) % NUMBERS;
    if (ahead === 0 || ahead >= MOST_AHEAD) {
      throw new RangeError(`Cannot protect packet ${sequenceNumber}: packet ${last} was protected`);
    }
    if (sequenceNumber < last) this.#rollovers++;
    this.#last = sequenceNumber;
    return this.#rollovers;
  }
}
