/**
 * Plays the voices of others: decodes each packet when it arrives, and gives it to the sound clock for the time that the
 * jitter buffer found.
 *
 * @module
 */
import { errorText } from "../../../protocol/error_text.ts";
import {
  VOICE_PACKET_MS,
  VOICE_RATE,
  type VoicePacket,
} from "../../../protocol/room_media/voice.ts";
import { levelOf } from "./level.ts";
import { EMPTY_PLAYOUT, place } from "./playout.ts";
import { type VoiceFault } from "./words.ts";

/** Packets that may wait for the decoder; further ones are dropped. */
const MAX_WAITING = 12;

/** One voice. Disposing ends it. */
export interface Speaker extends Disposable {
  /** Takes a packet as it arrives. */
  play(packet: VoicePacket): void;
}

/** The loudspeaker for all voices. Disposing it ends them. */
export interface Loudspeaker extends Disposable {
  /** A voice; `level` is called with the level of each packet that is played. */
  open(level: (level: number) => void): Speaker;
}

/** Makes the loudspeaker, or gives the reason why there is none; tests pass a fake. */
export type OpenLoudspeaker = () => Loudspeaker | { readonly fault: VoiceFault };

/** {@linkcode OpenLoudspeaker} of this browser. */
export function openLoudspeaker(): ReturnType<OpenLoudspeaker> {
  if (typeof globalThis.AudioDecoder !== "function") return { fault: "no_decoder" };
  const context = new AudioContext({ sampleRate: VOICE_RATE, latencyHint: "interactive" });
  return {
    open: (level) => openSpeaker(context, level),
    [Symbol.dispose]: () => void context.close(),
  };
}

function openSpeaker(context: AudioContext, level: (level: number) => void): Speaker {
  let playout = EMPTY_PLAYOUT;
  let count = 0;
  /** When each packet that is being decoded is played, by its time stamp. */
  const times = new Map<number, number>();
  const decoder = new AudioDecoder({
    output(data) {
      const at = times.get(data.timestamp);
      times.delete(data.timestamp);
      if (at !== undefined && context.state === "running") schedule(data, at);
      data.close();
    },
    error: (error) => console.warn(`Cannot decode a voice: ${errorText(error)}`),
  });
  decoder.configure({ codec: "opus", sampleRate: VOICE_RATE, numberOfChannels: 1 });

  function schedule(data: AudioData, at: number): void {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    level(levelOf(samples));
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: data.sampleRate });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    source.start(Math.max(at / 1000, context.currentTime));
  }

  return {
    play({ sequence, opus }) {
      // Until a press, browsers keep it suspended.
      if (context.state !== "running") return void context.resume();
      if (decoder.state !== "configured" || decoder.decodeQueueSize > MAX_WAITING) return;
      const placed = place(playout, sequence, context.currentTime * 1000);
      playout = placed.playout;
      if (placed.at === undefined) return;
      const timestamp = count++ * VOICE_PACKET_MS * 1000;
      times.set(timestamp, placed.at);
      decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data: opus.slice() }));
    },
    [Symbol.dispose]() {
      times.clear();
      if (decoder.state !== "closed") decoder.close();
    },
  };
}
