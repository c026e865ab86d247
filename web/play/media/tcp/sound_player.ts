/**
 * Decodes the Opus packets of a media socket and plays them, by WebCodecs and an AudioWorklet. Packets that come before
 * the browser lets sound begin are dropped.
 *
 * @module
 */
import { effect } from "@preact/signals";
import { errorText } from "../../../../protocol/error_text.ts";
import { placed } from "../../../shared/place.ts";
import { sound, volume } from "../../screen/sound.ts";

const RATE = 48_000;
/** Packets that may wait for the decoder; further ones are dropped. */
const MAX_WAITING = 8;

/** Plays sound. Disposing stops it. */
export interface SoundPlayer extends Disposable {
  /** Takes an Opus packet of 10 ms; `timestamp` counts samples. */
  play(packet: { readonly timestamp: number; readonly data: Uint8Array }): void;
}

/** Makes a player. Without a way to play sound in this browser it takes packets and plays none. */
export function createSoundPlayer(): SoundPlayer {
  const running = new DisposableStack();
  const context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
  const gain = new GainNode(context);
  gain.connect(context.destination);
  running.defer(() => void context.close());
  running.defer(effect(() => {
    gain.gain.value = sound.value === "on" ? volume.value : 0;
    if (sound.value === "on") void context.resume();
  }));
  let node: AudioWorkletNode | undefined;
  void open();

  const decoder = new AudioDecoder({
    output(data) {
      const sides = Array.from({ length: data.numberOfChannels }, (_, side) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: side, format: "f32-planar" });
        return samples;
      });
      data.close();
      node?.port.postMessage(sides, sides.map(({ buffer }) => buffer));
    },
    error: (error) => console.warn(`Cannot decode the sound: ${errorText(error)}`),
  });
  decoder.configure({ codec: "opus", sampleRate: RATE, numberOfChannels: 2 });
  running.defer(() => {
    if (decoder.state !== "closed") decoder.close();
  });

  async function open(): Promise<void> {
    try {
      await context.audioWorklet.addModule(placed("/sound_worklet.js"));
      if (running.disposed) return;
      node = new AudioWorkletNode(context, "farpad-sound", { outputChannelCount: [2] });
      node.connect(gain);
      // Until a press, browsers keep it suspended.
      if (context.state === "suspended" && sound.value === "on") sound.value = "blocked";
    } catch (error) {
      console.warn(`Cannot play sound: ${errorText(error)}`);
    }
  }

  return {
    play({ timestamp, data }) {
      if (decoder.state !== "configured" || decoder.decodeQueueSize > MAX_WAITING) return;
      const micros = timestamp * 1_000_000 / RATE;
      decoder.decode(
        new EncodedAudioChunk({ type: "key", timestamp: micros, data: data.slice() }),
      );
    },
    [Symbol.dispose]: () => running.dispose(),
  };
}
