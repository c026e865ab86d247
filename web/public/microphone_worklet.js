/**
 * Cuts the sound of a microphone into blocks of 20 ms and sends each as a message. The browser loads it as it is, into the
 * thread of the sound.
 */

/** In samples at 48 kHz. */
const BLOCK = 960;

class MicrophoneProcessor extends globalThis.AudioWorkletProcessor {
  #block = new Float32Array(BLOCK);
  #filled = 0;

  process([[samples]]) {
    if (!samples) return true;
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, BLOCK - this.#filled);
      this.#block.set(samples.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      if (this.#filled < BLOCK) continue;
      this.port.postMessage(this.#block, [this.#block.buffer]);
      this.#block = new Float32Array(BLOCK);
      this.#filled = 0;
    }
    return true;
  }
}

globalThis.registerProcessor("farpad-microphone", MicrophoneProcessor);
