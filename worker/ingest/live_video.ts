/**
 * The pictures of a live stream for a room's viewers. Pictures that browsers can decode and show correctly are
 * forwarded; others are transcoded until the obstacle has ended. While no pictures are received, a still picture with
 * text is sent.
 *
 * ```
 * waiting ──keyframe──▶ live ──2 s without a picture──▶ lost ──keyframe──▶ live
 * ```
 *
 * @module
 */
import { joinNals, NalType, nalType, splitNals } from "../../media/annexb.ts";
import { Decoder } from "../../media/decode/decoder.ts";
import { FrameReader } from "../../media/decode/frame_reader.ts";
import type { Unit } from "../../media/mpegts/demuxer.ts";
import type { Picture } from "../../media/ports.ts";
import { type Clock, type Millis, preciseEpoch } from "../../protocol/clock.ts";
import type { PictureOrigin } from "../../protocol/picture/origin.ts";
import type { LayerEncoders, WantedCodecs } from "../playback/layer_encoders.ts";
import type { LayerFrame } from "../sending/layers/ports.ts";
import { uprightSize } from "../../media/pictures/turner.ts";
import { type Fitness, observe, UNKNOWN } from "./fitness.ts";
import { LiveClock } from "./live_clock.ts";
import { OriginMeter, originOf } from "./picture_origin.ts";
import { drawSlate, SLATE_SIZE } from "./slate.ts";

/** After this long without a picture the signal is lost, in milliseconds. */
export const NO_PICTURE = 2_000;
/** Longest side of a transcoded picture, in pixels: larger ones would take too much of the machine from other rooms. */
const MAX_SIDE = 1920;
/** Time between two still pictures, in milliseconds. */
const SLATE_PERIOD = 250;

/** The needs of the viewers, the encoders, and where the frames go. */
export interface LiveVideoOptions {
  readonly clock: Clock;
  /** Milliseconds since 1970 with fractions. */
  readonly instant?: () => number;
  /** Encode the pictures that cannot be forwarded. */
  readonly encoders: LayerEncoders;
  /** The codecs that viewers need now of each layer. */
  readonly wanted: () => WantedCodecs;
  /** Takes each forwarded frame. The encoders deliver the others themselves. */
  readonly frame: (frame: LayerFrame) => void;
  /** How long the stream is kept without a picture, in seconds; the still picture shows it. */
  readonly patience: number;
}

/** The signal, the codec and the size of the pictures. */
export interface VideoState {
  readonly signal: "waiting" | "live" | "lost";
  /** When the newest picture was received, in milliseconds since 1970. */
  readonly lastPictureAt: number | undefined;
  readonly handling: "forwarded" | "transcoded" | "none";
  /** The codec of the input; `undefined` before the first unit. */
  readonly codec: string | undefined;
  /** In pixels; 0 while unknown. */
  readonly width: number;
  readonly height: number;
  /** Width ÷ height of the shown picture; 16 ÷ 9 while unknown. */
  readonly aspect: number;
}

/** When a picture is shown, when it was captured, and how it came. */
interface Came {
  readonly place: number;
  readonly capturedAt: number;
  readonly origin: PictureOrigin;
}

/** Forwards or transcodes the pictures of one live stream. Disposing closes the decoder. */
export class LiveVideo implements Disposable {
  readonly #options: LiveVideoOptions;
  readonly #times = new LiveClock();
  readonly #origins = new OriginMeter();
  #fitness: Fitness = UNKNOWN;
  #signal: VideoState["signal"] = "waiting";
  #last: { readonly at: Millis; readonly epoch: number } | undefined;
  #codec: Unit["codec"] | undefined;
  #decoding: { readonly decoder: Decoder; readonly reader: FrameReader } | undefined;
  #decodedSize: { width: number; height: number } | undefined;
  #slate: { readonly picture: Picture; at: Millis | undefined } | undefined;

  constructor(options: LiveVideoOptions) {
    this.#options = options;
  }

  /** The present signal and size. */
  get state(): VideoState {
    const { sps, obstacle } = this.#fitness;
    // Decoded pictures have square pixels.
    const decoded = obstacle === undefined ? undefined : this.#decodedSize;
    const { width, height } = decoded ?? sps ?? { width: 0, height: 0 };
    const pixelAspect = decoded ? 1 : sps?.pixelAspect ?? 1;
    return {
      signal: this.#signal,
      lastPictureAt: this.#last?.epoch,
      handling: !this.#last ? "none" : obstacle ? "transcoded" : "forwarded",
      codec: this.#codec,
      width,
      height,
      aspect: height > 0 ? width * pixelAspect / height : 16 / 9,
    };
  }

  /** The newest parameter sets of H.264, for a keyframe that comes without. */
  get parameterSets(): readonly Uint8Array[] {
    return this.#fitness.parameterSets;
  }

  /** Takes one received picture. */
  unit(unit: Unit): void {
    const now = this.#options.clock.now();
    const { fitness, keyframe } = observe(this.#fitness, unit, now);
    const wasForwarded = this.#fitness.obstacle === undefined;
    this.#fitness = fitness;
    this.#codec = unit.codec;
    const begins = keyframe || fitness.obstacle !== undefined;
    if (this.#signal !== "live" && begins) this.#begin();
    // Between forwarded and transcoded pictures a viewer needs a keyframe.
    else if (wasForwarded !== (fitness.obstacle === undefined)) this.#options.encoders.restart();
    if (this.#signal !== "live") return;
    this.#last = { at: now, epoch: this.#options.clock.epoch() };
    const place = this.#times.place(unit.pts, now);
    const { capturedAt, origin } = originOf(unit.stamp, this.#instant());
    this.#origins.add(origin);
    this.#forward(unit, { keyframe, place, capturedAt, origin });
    this.#transcode(unit, { place, capturedAt, origin });
  }

  /** How the pictures since the last call came; `undefined` without one. */
  takeOrigin(): PictureOrigin | undefined {
    return this.#origins.take();
  }

  /** Checks whether pictures are still received, and sends the still picture if not. Call it every 100 ms. */
  turn(): void {
    const now = this.#options.clock.now();
    if (this.#signal === "live" && now - this.#last!.at >= NO_PICTURE) this.#lose();
    if (this.#signal !== "live") this.#showSlate(now);
  }

  /** The connection ended: the next unit begins a new stream. */
  restart(): void {
    this.#fitness = { ...UNKNOWN, sps: this.#fitness.sps };
    this.#times.restart();
    this.#closeDecoder();
    if (this.#signal === "live") this.#lose();
  }

  [Symbol.dispose](): void {
    this.#closeDecoder();
  }

  #showSlate(now: Millis): void {
    const { wanted, encoders, patience } = this.#options;
    const { width, height } = this.state;
    const fits = width > 0 && height > 0 && Math.max(width, height) <= MAX_SIDE;
    const size = fits ? { width, height } : SLATE_SIZE;
    const picture = () => drawSlate({ ...size, since: this.#last?.epoch, patience });
    this.#slate ??= { picture: picture(), at: undefined };
    if (this.#slate.at !== undefined && now - this.#slate.at < SLATE_PERIOD) return;
    this.#slate.at = now;
    const timestamp = this.#times.next(this.#times.place(undefined, now));
    const capturedAt = this.#instant();
    encoders.encode(this.#slate.picture, { wanted: wanted(), timestamp, capturedAt });
  }

  #begin(): void {
    this.#signal = "live";
    this.#slate = undefined;
    this.#options.encoders.restart();
  }

  #lose(): void {
    this.#signal = "lost";
    this.#slate = undefined;
    this.#closeDecoder();
    this.#options.encoders.restart();
  }

  /** Whether a forwarded frame has a taker. Without a viewer of it, its bitrate still decides who can become one. */
  get #isNeeded(): boolean {
    const { main, small } = this.#options.wanted();
    return main.includes("h264") || small.length > 0;
  }

  #forward(
    unit: Unit,
    { keyframe, place, ...came }: Came & { keyframe: boolean },
  ): void {
    const { obstacle, parameterSets } = this.#fitness;
    if (obstacle || !this.#isNeeded) return;
    const nals = splitNals(unit.data);
    const isWhole = !keyframe || nals.some((nal) => nalType(nal) === NalType.sps);
    // The taker owns the bytes of a frame, and the decoder may read the unit after it.
    const data = isWhole ? new Uint8Array(unit.data) : joinNals([...parameterSets, ...nals]);
    const timestamp = this.#times.next(place);
    const forwarded = true;
    this.#options.frame({ codec: "h264", data, keyframe, timestamp, ...came, forwarded });
  }

  /** A picture that waits for one after it in decoding order counts as captured when that one was. */
  #transcode(unit: Unit, { place, ...came }: Came): void {
    const { wanted, encoders } = this.#options;
    const isForwarded = this.#fitness.obstacle === undefined;
    const { main, small } = wanted();
    const encoded = main.filter((codec) => !(isForwarded && codec === "h264"));
    if (encoded.length + small.length === 0) return this.#closeDecoder();
    this.#decoding ??= {
      decoder: new Decoder(unit.codec),
      reader: new FrameReader({ maxSide: MAX_SIDE }),
    };
    const { decoder, reader } = this.#decoding;
    decoder.decode(unit.data, {
      pts: place,
      take: (frame, shown) => {
        const picture = reader.read(frame);
        this.#decodedSize = uprightSize(picture, picture.rotation);
        const timestamp = this.#times.next(shown);
        encoders.encode(picture, { wanted: { main: encoded, small }, timestamp, ...came });
      },
    });
  }

  #instant(): number {
    return (this.#options.instant ?? preciseEpoch)();
  }

  #closeDecoder(): void {
    this.#decoding?.decoder[Symbol.dispose]();
    this.#decoding?.reader[Symbol.dispose]();
    this.#decoding = undefined;
  }
}
