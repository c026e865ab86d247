/**
 * Plays the sound of a media socket: blocks of stereo samples come as messages, and leave to the loudspeaker. At most 80
 * ms wait: beyond that the oldest are dropped. After a gap it begins again with 30 ms, so that the next blocks come in
 * time. The browser loads it as it is, into the thread of the sound.
 */

/** In samples at 48 kHz. */
const MOST = 3_840;
const BEGIN = 1_440;

/** The samples that wait. */
export class SoundQueue {
  #blocks = [];
  /** Samples of the first block that were played. */
  #played = 0;
  #isPlaying = false;
  /** Samples that wait. */
  length = 0;

  /** Adds a block: a Float32Array for each side, equally long. */
  push(block) {
    this.#blocks.push(block);
    this.length += block[0].length;
    if (this.length <= MOST) return;
    while (this.length > BEGIN) this.#drop();
  }

  /** Fills a Float32Array for each side, with silence where nothing waits. */
  pull(sides) {
    const wanted = sides[0].length;
    if (!this.#isPlaying && this.length >= BEGIN) this.#isPlaying = true;
    let at = 0;
    while (this.#isPlaying && at < wanted && this.#blocks.length > 0) {
      const [block] = this.#blocks;
      const count = Math.min(wanted - at, block[0].length - this.#played);
      for (const [side, out] of sides.entries()) {
        out.set((block[side] ?? block[0]).subarray(this.#played, this.#played + count), at);
      }
      at += count;
      this.length -= count;
      this.#played += count;
      if (this.#played === block[0].length) {
        this.#blocks.shift();
        this.#played = 0;
      }
    }
    for (const out of sides) out.fill(0, at);
    if (at < wanted) this.#isPlaying = false;
  }

  #drop() {
    const block = this.#blocks.shift();
    this.length -= block[0].length - this.#played;
    this.#played = 0;
  }
}

// Tests load this file outside of a sound thread.
if ("AudioWorkletProcessor" in globalThis) {
  class SoundProcessor extends globalThis.AudioWorkletProcessor {
    #queue = new SoundQueue();

    constructor() {
      super();
      this.port.onmessage = ({ data }) => this.#queue.push(data);
    }

    process(_inputs, [sides]) {
      this.#queue.pull(sides);
      return true;
    }
  }
  globalThis.registerProcessor("farpad-sound", SoundProcessor);
}
