/**
 * The sample tables of one track of a finished file (ISO/IEC 14496-12 §8.6–8.7). They grow chunk by chunk in the form in
 * which they are written: a recording of hours has millions of samples, and each is looked at once.
 *
 * @module
 */
import { boxParts, type Parts, u32 } from "./boxes.ts";
import { type Chunk, FIELDS } from "./read_fragments.ts";
import type { Tables } from "./tracks.ts";

const MOST = 2 ** 32 - 1;
/** Version and flags of a box. */
const PLAIN = u32(0);

/** The tables of one track. */
export class SampleTables {
  readonly #sizes = new Words();
  /** Numbers of the keyframes; none while there is nothing else. */
  readonly #keyframes = new Words();
  #hasOthers = false;
  /** Offsets of 64 bits. */
  readonly #offsets = new Words();
  readonly #durations = new Words();
  readonly #places = new Words();
  #samples = 0;
  #chunks = 0;
  /** When the newest sample ends, and how long all last, in ticks of the track. */
  #time = 0;
  #total = 0;
  /** The newest samples of equal length, of which the last may become longer. */
  #row = { count: 0, duration: 0 };
  /** Samples of the newest chunk. */
  #perChunk = 0;

  /** Samples in it. */
  get samples(): number {
    return this.#samples;
  }

  /** How long all samples last, in ticks of the track. */
  get duration(): number {
    return this.#total;
  }

  /** Adds samples behind the others. */
  add({ offset, start, samples }: Chunk): void {
    const count = samples.length / FIELDS;
    if (count === 0) return;
    if (this.#samples === 0) this.#time = start;
    else if (start !== this.#time) this.#stretch(start);
    this.#chunks += 1;
    if (count !== this.#perChunk) this.#places.push(this.#chunks, count, 1);
    this.#perChunk = count;
    this.#offsets.push(Math.floor(offset / 2 ** 32), offset % 2 ** 32);
    for (let at = 0; at < samples.length; at += FIELDS) {
      this.#last(samples[at]!);
      this.#sizes.push(samples[at + 1]!);
      this.#samples += 1;
      this.#keyframe(samples[at + 2] === 1);
    }
  }

  /** The tables, once all samples are added. */
  end(): Tables {
    this.#endRow();
    const durations = this.#durations.bytes;
    const places = this.#places.bytes;
    const keyframes = this.#keyframes.bytes;
    return {
      boxes: [
        ...table("stts", durations.length / 8, durations),
        ...(this.#hasOthers ? table("stss", keyframes.length / 4, keyframes) : []),
        ...table("stsc", places.length / 12, places),
        ...boxParts("stsz", PLAIN, u32(0, this.#samples), this.#sizes.bytes),
        ...table("co64", this.#chunks, this.#offsets.bytes),
      ],
      duration: this.#total,
    };
  }

  /** The last sample of a chunk lasts until the next chunk begins. */
  #stretch(start: number): void {
    const { duration } = this.#row;
    const longer = Math.min(MOST, Math.max(1, duration + start - this.#time));
    this.#time += longer - duration;
    this.#total += longer - duration;
    this.#row.count -= 1;
    this.#endRow();
    this.#row = { count: 1, duration: longer };
  }

  #last(duration: number): void {
    if (duration !== this.#row.duration) {
      this.#endRow();
      this.#row = { count: 0, duration };
    }
    this.#row.count += 1;
    this.#time += duration;
    this.#total += duration;
  }

  #keyframe(isOne: boolean): void {
    if (!isOne && !this.#hasOthers) {
      this.#hasOthers = true;
      for (let before = 1; before < this.#samples; before++) this.#keyframes.push(before);
    }
    if (isOne && this.#hasOthers) this.#keyframes.push(this.#samples);
  }

  #endRow(): void {
    const { count, duration } = this.#row;
    if (count > 0) this.#durations.push(count, duration);
    this.#row.count = 0;
  }
}

function table(type: string, count: number, entries: Uint8Array): Parts {
  return boxParts(type, PLAIN, u32(count), entries);
}

/** Numbers of 32 bits in a row, big-endian, as many as come. */
class Words {
  #view = new DataView(new ArrayBuffer(1_024));
  #length = 0;

  get bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#length);
  }

  push(...values: readonly number[]): void {
    const end = this.#length + values.length * 4;
    if (end > this.#view.byteLength) this.#grow();
    for (const value of values) {
      this.#view.setUint32(this.#length, value);
      this.#length += 4;
    }
  }

  #grow(): void {
    const buffer = this.#view.buffer as ArrayBuffer;
    this.#view = new DataView(buffer.transfer(buffer.byteLength * 2));
  }
}
