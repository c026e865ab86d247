/**
 * The microphone as Opus packets of 20 ms, by WebCodecs and an AudioWorklet. While it is not talking, the browser's track
 * is off and nothing is encoded.
 *
 * @module
 */
import { errorText } from "../../../protocol/error_text.ts";
import { VOICE_PACKET_MS, VOICE_RATE } from "../../../protocol/room_media/voice.ts";
import { placed } from "../../shared/place.ts";
import { levelOf } from "./level.ts";
import { microphoneFault, type VoiceFault, whyNoVoice } from "./words.ts";

/** Bits per second. */
const BITRATE = 24_000;
/** Blocks that may wait for the encoder; further ones are dropped. */
const MAX_WAITING = 5;

const CONFIG: AudioEncoderConfig = {
  codec: "opus",
  sampleRate: VOICE_RATE,
  numberOfChannels: 1,
  bitrate: BITRATE,
  opus: { frameDuration: VOICE_PACKET_MS * 1000 },
};

/** What a microphone delivers. */
export interface MicrophoneListener {
  /** An Opus packet, while talking. */
  packet(opus: Uint8Array): void;
  /** The level of each block, while talking: 0 is silence, 1 full. */
  level(level: number): void;
  /** The microphone was unplugged, or the browser took it back. */
  ended(): void;
}

/** An open microphone. Disposing gives it back. */
export interface Microphone extends Disposable {
  /** Begins or ends to deliver packets. */
  setTalking(wish: { readonly talking: boolean }): void;
}

/** Opens a microphone, or resolves to the reason why not; tests pass a fake. */
export type OpenMicrophone = (
  listener: MicrophoneListener,
) => Promise<Microphone | { readonly fault: VoiceFault }>;

/** {@linkcode OpenMicrophone} of this browser, which asks the person the first time. */
export async function openMicrophone(
  listener: MicrophoneListener,
): ReturnType<OpenMicrophone> {
  const fault = whyNoVoice({
    isSecure: isSecureContext,
    hasMicrophone: navigator.mediaDevices?.getUserMedia !== undefined,
    hasEncoder: typeof globalThis.AudioEncoder === "function",
  });
  if (fault) return { fault };
  const { supported } = await AudioEncoder.isConfigSupported(CONFIG).catch(() => ({
    supported: false,
  }));
  if (!supported) return { fault: "no_encoder" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true },
    });
    return await encode(stream, listener);
  } catch (error) {
    console.warn(`Cannot open the microphone: ${errorText(error)}`);
    return { fault: microphoneFault(error) };
  }
}

async function encode(stream: MediaStream, listener: MicrophoneListener): Promise<Microphone> {
  using opening = new DisposableStack();
  const [track] = stream.getAudioTracks();
  opening.defer(() => track!.stop());
  track!.enabled = false;
  const context = new AudioContext({ sampleRate: VOICE_RATE, latencyHint: "interactive" });
  opening.defer(() => void context.close());
  await context.audioWorklet.addModule(placed("/microphone_worklet.js"));
  const blocks = new AudioWorkletNode(context, "farpad-microphone", { numberOfOutputs: 0 });
  context.createMediaStreamSource(stream).connect(blocks);
  const encoder = new AudioEncoder({
    output(chunk) {
      if (!talking) return;
      const opus = new Uint8Array(chunk.byteLength);
      chunk.copyTo(opus);
      listener.packet(opus);
    },
    error: (error) => {
      console.warn(`Cannot encode the voice: ${errorText(error)}`);
      listener.ended();
    },
  });
  opening.defer(() => {
    if (encoder.state !== "closed") encoder.close();
  });
  let talking = false;
  let count = 0;
  blocks.port.onmessage = ({ data }) => {
    if (!talking || !(data instanceof Float32Array)) return;
    listener.level(levelOf(data));
    if (encoder.state !== "configured" || encoder.encodeQueueSize > MAX_WAITING) return;
    const block = new AudioData({
      format: "f32-planar",
      sampleRate: VOICE_RATE,
      numberOfFrames: data.length,
      numberOfChannels: 1,
      timestamp: count++ * VOICE_PACKET_MS * 1000,
      data: data as Float32Array<ArrayBuffer>,
    });
    encoder.encode(block);
    block.close();
  };
  track!.addEventListener("ended", () => listener.ended());
  const running = opening.move();
  return {
    setTalking(wish) {
      if (talking === wish.talking || encoder.state === "closed") return;
      talking = wish.talking;
      track!.enabled = talking;
      if (!talking) return;
      // What was encoded before belongs to the last time.
      encoder.reset();
      encoder.configure(CONFIG);
    },
    [Symbol.dispose]() {
      talking = false;
      running.dispose();
    },
  };
}
