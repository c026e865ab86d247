/**
 * The sound of a live stream for a room's viewers: Opus is forwarded; other codecs are decoded and encoded as Opus.
 *
 * @module
 */
import { Decoder } from "../../media/decode/decoder.ts";
import { PCM_RATE, PcmReader } from "../../media/decode/pcm_reader.ts";
import { splitAdts } from "../../media/mpegts/adts.ts";
import type { Unit } from "../../media/mpegts/demuxer.ts";
import { splitOpus } from "../../media/mpegts/opus_units.ts";
import type { AudioEncoder, CreateAudioEncoder, EncodedAudio } from "../../media/ports.ts";
import type { Clock, Millis } from "../../protocol/clock.ts";

/** Bits per second. */
const BITRATE = 96_000;
/** RTP's clock for Opus, ticks a millisecond (RFC 7587 §4.1). */
const TICKS = 48;
/** After a pause longer than this the timestamps jump by its length, in milliseconds. */
const MAX_GAP = 200;

/** The clock, the encoder, and where the packets go. */
export interface LiveSoundOptions {
  readonly clock: Clock;
  readonly createAudioEncoder: CreateAudioEncoder;
  /** Takes Opus packets with RTP timestamps at 48 kHz. */
  readonly sound: (packets: readonly EncodedAudio[]) => void;
}

interface Transcoding {
  readonly codec: Unit["codec"];
  readonly decoder: Decoder;
  readonly reader: PcmReader;
  readonly encoder: AudioEncoder;
}

/** Makes the Opus packets of one live stream. Disposing closes decoder and encoder. */
export class LiveSound implements Disposable {
  readonly #options: LiveSoundOptions;
  #transcoding: Transcoding | undefined;
  /** The length of the forwarded Opus so far, in ticks. */
  #forwarded = 0;
  /** Added to the timestamps, which count from the first packet, in ticks. */
  #base = 0;
  #lastAt: Millis | undefined;

  constructor(options: LiveSoundOptions) {
    this.#options = options;
  }

  /** Takes one received unit. */
  unit(unit: Unit): void {
    const packets = unit.codec === "opus" ? this.#forward(unit) : this.#transcode(unit);
    if (packets.length === 0) return;
    const now = this.#options.clock.now();
    if (this.#lastAt === undefined || now - this.#lastAt > MAX_GAP) {
      this.#base = Math.round(now * TICKS) - packets[0]!.timestamp;
    }
    this.#lastAt = now;
    this.#options.sound(
      packets.map(({ data, timestamp }) => ({ data, timestamp: (timestamp + this.#base) >>> 0 })),
    );
  }

  /** The connection ended: the next unit begins a new sequence. */
  restart(): void {
    this.#transcoding?.decoder[Symbol.dispose]();
    this.#transcoding?.reader[Symbol.dispose]();
    this.#transcoding?.encoder[Symbol.dispose]();
    this.#transcoding = undefined;
    this.#lastAt = undefined;
  }

  [Symbol.dispose](): void {
    this.restart();
  }

  #forward(unit: Unit): EncodedAudio[] {
    return splitOpus(unit.data).map(({ data, ticks }) => {
      const timestamp = this.#forwarded;
      this.#forwarded += ticks;
      return { data, timestamp };
    });
  }

  #transcode(unit: Unit): EncodedAudio[] {
    if (this.#transcoding?.codec !== unit.codec) this.restart();
    this.#transcoding ??= {
      codec: unit.codec,
      decoder: new Decoder(unit.codec),
      reader: new PcmReader(),
      encoder: this.#options.createAudioEncoder({ sampleRate: PCM_RATE, bitrate: BITRATE }),
    };
    const { decoder, reader, encoder } = this.#transcoding;
    const frames = unit.codec === "aac"
      ? splitAdts(unit.data).map(({ data }) => data)
      : [unit.data];
    const packets: EncodedAudio[] = [];
    for (const data of frames) {
      decoder.decode(data, {
        pts: unit.pts ?? 0,
        take: (frame) => void packets.push(...encoder.encode(reader.read(frame))),
      });
    }
    return packets;
  }
}
