/**
 * How much a decoded picture is like the one that was encoded: PSNR and SSIM by FFmpeg's own filters. Both are compared
 * in the size that the decoded picture is shown in, without chroma subsampling, so what 4:2:0 loses counts.
 *
 * @module
 */
import { FFmpegError, Filter, type FilterContext, FilterGraph, Frame } from "node-av/lib";
import { AV_PIX_FMT_BGR0, type AVPixelFormat } from "node-av/constants";
import type { Picture } from "../../../media/ports.ts";

/** A size in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The likeness of all pictures so far. */
export interface Likeness {
  /** Of the luma, in dB: from the mean of the squared errors. */
  readonly psnr: number;
  /** Of luma and both chroma planes, in dB. */
  readonly colourPsnr: number;
  /** Of the luma, 0 to 1: the mean. */
  readonly ssim: number;
}

/** Squared error of two pictures that do not differ at all, so that their PSNR is finite (99 dB). */
const NO_ERROR = 255 ** 2 / 10 ** 9.9;

/** Compares pictures of one size with what was decoded of them. */
export class LikenessMeter implements Disposable {
  readonly #graph = new FilterGraph();
  readonly #original: FilterContext;
  readonly #decoded: FilterContext;
  readonly #output: FilterContext;
  readonly #result = new Frame();
  #count = 0;
  readonly #sums = { luma: 0, colour: 0, ssim: 0 };

  /** `shown`: the size to compare in, a whole multiple of the original's. */
  constructor(
    { original, decoded, decodedFormat, shown }: {
      readonly original: Size;
      readonly decoded: Size;
      readonly decodedFormat: AVPixelFormat;
      readonly shown: Size;
    },
  ) {
    this.#result.alloc();
    this.#graph.alloc();
    this.#graph.nbThreads = 1;
    this.#original = this.#source("original", original, AV_PIX_FMT_BGR0);
    this.#decoded = this.#source("decoded", decoded, decodedFormat);
    const planes = (name: string, from: FilterContext, flags: string) => {
      const scale = this.#filter("scale", `${name}-scale`, {
        ...{ w: String(shown.width), h: String(shown.height), flags },
        ...{ out_color_matrix: "smpte170m", out_range: "tv" },
      });
      const format = this.#filter("format", `${name}-format`, { pix_fmts: "yuv444p" });
      link(from, scale);
      link(scale, format);
      return format;
    };
    // A browser enlarges smoothly; the original's pixels stay squares.
    const expected = this.#filter("split", "split", { outputs: "2" });
    link(planes("original", this.#original, "neighbor"), expected);
    const psnr = this.#filter("psnr", "psnr", {});
    const ssim = this.#filter("ssim", "ssim", {});
    link(planes("decoded", this.#decoded, "bilinear"), psnr);
    link(expected, psnr, 0, 1);
    link(psnr, ssim);
    link(expected, ssim, 1, 1);
    this.#output = this.#filter("buffersink", "result", {});
    link(ssim, this.#output);
    check(this.#graph.configSync(), "set up the comparison");
  }

  /** Compares one picture (`xrgb8888`) with the decoded one, which is empty afterwards. */
  compare({ data, width, height, stride }: Picture, decoded: Frame): void {
    const original = new Frame();
    original.alloc();
    original.format = AV_PIX_FMT_BGR0;
    original.width = width;
    original.height = height;
    check(original.getBuffer(0), "allocate a picture");
    const [target] = original.data!;
    const [targetStride] = original.linesize;
    for (let row = 0; row < height; row++) {
      target!.set(data.subarray(row * stride, row * stride + 4 * width), row * targetStride!);
    }
    original.pts = decoded.pts = BigInt(this.#count);
    check(this.#original.buffersrcAddFrameSync(original), "compare a picture");
    check(this.#decoded.buffersrcAddFrameSync(decoded), "compare a decoded picture");
    original.free();
    while (this.#output.buffersinkGetFrameSync(this.#result) >= 0) {
      const { [KEYS.luma]: luma, [KEYS.colour]: colour, [KEYS.ssim]: ssim } = this.#result
        .getMetadata().getAll();
      this.#sums.luma += Number(luma);
      this.#sums.colour += Number(colour);
      this.#sums.ssim += Number(ssim);
      this.#count += 1;
      this.#result.unref();
    }
  }

  /** The likeness of all pictures that were compared. */
  get likeness(): Likeness {
    const { luma, colour, ssim } = this.#sums;
    const decibels = (sum: number) =>
      10 * Math.log10(255 ** 2 / Math.max(NO_ERROR, sum / this.#count));
    return { psnr: decibels(luma), colourPsnr: decibels(colour), ssim: ssim / this.#count };
  }

  [Symbol.dispose](): void {
    this.#graph.free();
    this.#result.free();
  }

  #source(name: string, { width, height }: Size, format: AVPixelFormat): FilterContext {
    return this.#filter("buffer", name, {
      video_size: `${width}x${height}`,
      pix_fmt: String(format),
      time_base: "1/60",
      pixel_aspect: "1/1",
    });
  }

  #filter(kind: string, name: string, options: Readonly<Record<string, string>>): FilterContext {
    const filter = Filter.getByName(kind);
    const settings = Object.entries(options).map(([key, value]) => `${key}=${value}`).join(":");
    const made = filter && this.#graph.createFilter(filter, name, settings || null);
    if (!made) throw new Error(`Cannot compare pictures: FFmpeg cannot make the filter ${kind}`);
    return made;
  }
}

/** The filters' names of their results. */
const KEYS = {
  luma: "lavfi.psnr.mse.y",
  colour: "lavfi.psnr.mse_avg",
  ssim: "lavfi.ssim.Y",
} as const;

function link(from: FilterContext, to: FilterContext, output = 0, input = 0): void {
  check(from.link(output, to, input), `link ${from.name} to ${to.name}`);
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`Cannot ${what}: ${FFmpegError.strerror(result)}`);
}
