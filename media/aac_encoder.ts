/**
 * Sound at 48 kHz → AAC-LC frames of 1,024 samples, as RTMP destinations and receivers of transport streams
 * take it.
 *
 * @module
 */
import { Codec, CodecContext, FFmpegError, Frame, Packet, Rational } from "node-av/lib";
import { AV_CHANNEL_LAYOUT_STEREO, AV_SAMPLE_FMT_FLTP, FF_ENCODER_AAC } from "node-av/constants";
import { AAC_FRAME_SAMPLES } from "./mpegts/adts.ts";
import { silenceFfmpeg } from "./ffmpeg_log.ts";

/** Sample rate of the input, in samples a second. */
export const AAC_RATE = 48_000;
/** Channels that the encoder takes: stereo. */
export const AAC_CHANNELS = 2;
const FULL_SCALE = 32_768;

/** One raw frame, without an ADTS header. */
export interface AacPacket {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Samples before it since the encoder was made. */
  readonly sample: number;
}

/** Compresses stereo sound at {@linkcode AAC_RATE} into AAC-LC frames. */
export class AacEncoder implements Disposable {
  readonly #context: CodecContext;
  readonly #frame = new Frame();
  readonly #packet = new Packet();
  /** The frame's samples, one plane a channel: native memory. */
  readonly #planes: readonly Float32Array[];
  /** Samples waiting in the planes, always less than a frame's. */
  #waiting = 0;
  #samples = 0;

  /** `bitrate` in bits per second. */
  constructor({ bitrate }: { readonly bitrate: number }) {
    this.#context = open(bitrate);
    this.#packet.alloc();
    this.#frame.alloc();
    this.#frame.format = AV_SAMPLE_FMT_FLTP;
    this.#frame.sampleRate = AAC_RATE;
    this.#frame.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
    this.#frame.nbSamples = AAC_FRAME_SAMPLES;
    check(this.#frame.getBuffer(0), "Cannot allocate a sound frame");
    this.#planes = this.#frame.data!.slice(0, AAC_CHANNELS).map(({ buffer, byteOffset }) =>
      new Float32Array(buffer, byteOffset, AAC_FRAME_SAMPLES)
    );
  }

  /** `pcm`: interleaved stereo, signed 16 bit. Returns the frames that became full. */
  encode(pcm: Int16Array): AacPacket[] {
    const packets: AacPacket[] = [];
    for (let at = 0; at + 1 < pcm.length; at += AAC_CHANNELS) {
      this.#planes[0]![this.#waiting] = pcm[at]! / FULL_SCALE;
      this.#planes[1]![this.#waiting] = pcm[at + 1]! / FULL_SCALE;
      this.#waiting += 1;
      if (this.#waiting === AAC_FRAME_SAMPLES) packets.push(...this.#compress());
    }
    return packets;
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
    this.#frame.free();
    this.#packet.free();
  }

  #compress(): AacPacket[] {
    this.#waiting = 0;
    this.#frame.pts = BigInt(this.#samples);
    this.#samples += AAC_FRAME_SAMPLES;
    check(this.#context.sendFrameSync(this.#frame), "Cannot encode sound");
    const packets: AacPacket[] = [];
    while (this.#context.receivePacketSync(this.#packet) >= 0) {
      const data = new Uint8Array(this.#packet.data ?? []);
      packets.push({ data, sample: Number(this.#packet.pts) });
      this.#packet.unref();
    }
    return packets;
  }
}

function open(bitrate: number): CodecContext {
  const codec = Codec.findEncoderByName(FF_ENCODER_AAC);
  if (!codec) throw new Error("Cannot encode sound: this build of FFmpeg does not have AAC");
  silenceFfmpeg();
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = AAC_RATE;
  context.sampleFormat = AV_SAMPLE_FMT_FLTP;
  context.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
  context.timeBase = new Rational(1, AAC_RATE);
  context.bitRate = BigInt(Math.round(bitrate));
  check(context.open2Sync(codec, null), "Cannot open the AAC encoder");
  return context;
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`${what}: ${FFmpegError.strerror(result)}`);
}
