/**
 * Sound at any rate → Opus in packets of 10 ms (RFC 6716). Without expected losses in restricted low-delay mode; with
 * them in the mode that has in-band FEC, which delays sound by 4 ms more.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  Codec,
  CodecContext,
  FFmpegError,
  Frame,
  Packet,
  Rational,
  SoftwareResampleContext,
} from "node-av/lib";
import { AV_CHANNEL_LAYOUT_STEREO, AV_SAMPLE_FMT_S16, FF_ENCODER_LIBOPUS } from "node-av/constants";
import type { AudioEncoder, CreateAudioEncoder, EncodedAudio } from "./ports.ts";
import { silenceFfmpeg } from "./ffmpeg_log.ts";

/** Opus's own rate, samples a second. */
const RATE = 48_000;
/** Samples of one packet. */
const PACKET_SAMPLES = RATE / 100;
const CHANNELS = 2;
/** The resampler takes sample rates in thousandths, so a rate of 32040.5 does not drift. */
const FRACTION = 1_000;
/** Source samples converted at once: bounds the scratch buffer. */
const CHUNK = 1_024;

/** 96 kbit/s is transparent for games. The resampler holds back some 16 samples; nothing else is delayed. */
export const createOpusEncoder: CreateAudioEncoder = ({ sampleRate, bitrate, loss = 0 }) => {
  if (!(sampleRate >= 1_000 && sampleRate <= 384_000)) {
    throw new RangeError(
      `Cannot encode sound at ${sampleRate} samples a second: it must be 1,000 to 384,000`,
    );
  }
  return new OpusEncoder({ sampleRate, bitrate, loss });
};

class OpusEncoder implements AudioEncoder {
  readonly #context: CodecContext;
  readonly #resampler: SoftwareResampleContext;
  readonly #frame = new Frame();
  readonly #packet = new Packet();
  /** The frame's samples: native memory, interleaved. */
  readonly #pcm: Int16Array;
  /** One chunk of input and the resampler's output. Input is copied, because the resampler takes no shared memory. */
  readonly #chunk = new Int16Array(CHUNK * CHANNELS);
  readonly #scratch: Int16Array<ArrayBuffer>;
  /** Values waiting in `#pcm`, always less than a packet's. */
  #waiting = 0;
  #packets = 0;

  constructor(
    { sampleRate, bitrate, loss }: { sampleRate: number; bitrate: number; loss: number },
  ) {
    this.#context = openOpus(bitrate, loss);
    this.#resampler = openResampler(sampleRate);
    this.#packet.alloc();
    this.#frame.alloc();
    this.#frame.format = AV_SAMPLE_FMT_S16;
    this.#frame.sampleRate = RATE;
    this.#frame.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
    this.#frame.nbSamples = PACKET_SAMPLES;
    check(this.#frame.getBuffer(0), "Cannot allocate a sound frame");
    const { buffer, byteOffset } = this.#frame.data![0]!;
    this.#pcm = new Int16Array(buffer, byteOffset, PACKET_SAMPLES * CHANNELS);
    const most = Math.ceil(CHUNK * RATE / sampleRate) + 256;
    this.#scratch = new Int16Array(most * CHANNELS);
  }

  encode(pcm: Int16Array): EncodedAudio[] {
    if (pcm.length % CHANNELS !== 0) {
      throw new RangeError(
        `Cannot encode ${pcm.length} values as stereo: the last pair is not whole`,
      );
    }
    const packets: EncodedAudio[] = [];
    for (let at = 0; at < pcm.length; at += CHUNK * CHANNELS) {
      this.#take(this.#resample(pcm.subarray(at, at + CHUNK * CHANNELS)), packets);
    }
    return packets;
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
    this.#resampler.free();
    this.#frame.free();
    this.#packet.free();
  }

  #resample(pcm: Int16Array): Int16Array {
    this.#chunk.set(pcm);
    const input = Buffer.from(this.#chunk.buffer);
    const output = Buffer.from(this.#scratch.buffer);
    const room = this.#scratch.length / CHANNELS;
    const made = this.#resampler.convertSync([output], room, [input], pcm.length / CHANNELS);
    check(made, "Cannot resample sound");
    return this.#scratch.subarray(0, made * CHANNELS);
  }

  #take(samples: Int16Array, packets: EncodedAudio[]): void {
    for (let at = 0; at < samples.length;) {
      const taken = samples.subarray(at, at + this.#pcm.length - this.#waiting);
      this.#pcm.set(taken, this.#waiting);
      this.#waiting += taken.length;
      at += taken.length;
      if (this.#waiting === this.#pcm.length) packets.push(this.#compress());
    }
  }

  #compress(): EncodedAudio {
    const timestamp = this.#packets++ * PACKET_SAMPLES;
    this.#waiting = 0;
    this.#frame.pts = BigInt(timestamp);
    check(this.#context.sendFrameSync(this.#frame), "Cannot encode sound");
    check(this.#context.receivePacketSync(this.#packet), "Cannot encode sound");
    const data = new Uint8Array(this.#packet.data!);
    this.#packet.unref();
    return { data, timestamp: timestamp % 2 ** 32 };
  }
}

function openOpus(bitrate: number, loss: number): CodecContext {
  if (!(bitrate >= 6_000 && bitrate <= 510_000)) {
    throw new RangeError(
      `Cannot encode Opus at ${bitrate} bits per second: it must be 6,000 to 510,000`,
    );
  }
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBOPUS);
  if (!codec) throw new Error("Cannot encode sound: this build of FFmpeg does not have libopus");
  silenceFfmpeg();
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = RATE;
  context.sampleFormat = AV_SAMPLE_FMT_S16;
  context.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
  context.timeBase = new Rational(1, RATE);
  context.bitRate = BigInt(Math.round(bitrate));
  context.setOption("application", loss > 0 ? "audio" : "lowdelay");
  context.setOption("fec", loss > 0 ? "1" : "0");
  context.setOption("packet_loss", String(loss));
  context.setOption("frame_duration", "10");
  context.setOption("compression_level", "5");
  check(context.open2Sync(codec, null), "Cannot open libopus");
  return context;
}

function openResampler(sampleRate: number): SoftwareResampleContext {
  const resampler = new SoftwareResampleContext();
  const what = `Cannot resample sound from ${sampleRate} samples a second`;
  check(
    resampler.allocSetOpts2(
      AV_CHANNEL_LAYOUT_STEREO,
      AV_SAMPLE_FMT_S16,
      RATE * FRACTION,
      AV_CHANNEL_LAYOUT_STEREO,
      AV_SAMPLE_FMT_S16,
      Math.round(sampleRate * FRACTION),
    ),
    what,
  );
  check(resampler.init(), what);
  return resampler;
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`${what}: ${FFmpegError.strerror(result)}`);
}
