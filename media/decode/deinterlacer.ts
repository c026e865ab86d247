/**
 * Interlaced frames → progressive ones, by FFmpeg's bwdif. It needs the frame after, so it delays by one frame; each
 * frame keeps its own time. The field order is read from each frame.
 *
 * @module
 */
import { FFmpegError, Filter, type FilterContext, FilterGraph, Frame } from "node-av/lib";
import { AV_FRAME_FLAG_INTERLACED, type AVPixelFormat } from "node-av/constants";

/** Ticks a second of a frame's time. */
const CLOCK_RATE = 90_000;

interface Stage {
  readonly width: number;
  readonly height: number;
  readonly format: AVPixelFormat;
  readonly graph: FilterGraph;
  readonly input: FilterContext;
  readonly output: FilterContext;
  /** Ticks of 90 kHz in one tick of the output's own time. */
  readonly ticks: number;
}

/** Whether a frame holds two fields of different moments. */
export function isInterlaced(frame: Frame): boolean {
  return (frame.flags & AV_FRAME_FLAG_INTERLACED) !== 0;
}

/** Deinterlaces the frames of one stream; their size may change from frame to frame. */
export class Deinterlacer implements Disposable {
  readonly #frame = new Frame();
  #stage: Stage | undefined;

  constructor() {
    this.#frame.alloc();
  }

  /**
   * Takes a frame, progressive ones too, and hands over those that became ready, in order; each is valid while
   * `take` runs. `pts` in ticks of 90 kHz. The frame taken is empty afterwards.
   *
   * @throws {Error} a sentence, when FFmpeg cannot build the filter for frames of this layout.
   */
  push(frame: Frame, pts: number, take: (frame: Frame, pts: number) => void): void {
    const { input, output, ticks } = this.#stageFor(frame);
    frame.pts = BigInt(Math.round(pts));
    check(input.buffersrcAddFrameSync(frame), "Cannot deinterlace a frame");
    while (output.buffersinkGetFrameSync(this.#frame) >= 0) {
      take(this.#frame, Math.round(Number(this.#frame.pts) * ticks));
      this.#frame.unref();
    }
  }

  [Symbol.dispose](): void {
    this.#stage?.graph.free();
    this.#stage = undefined;
    this.#frame.free();
  }

  #stageFor(frame: Frame): Stage {
    const { width, height } = frame;
    const format = frame.format as AVPixelFormat;
    const known = this.#stage;
    if (known?.width === width && known.height === height && known.format === format) return known;
    known?.graph.free();
    this.#stage = undefined;
    return this.#stage = open({ width, height, format }, frame);
  }
}

function open(
  { width, height, format }: Pick<Stage, "width" | "height" | "format">,
  { sampleAspectRatio: { num, den } }: Frame,
): Stage {
  const graph = new FilterGraph();
  graph.alloc();
  graph.nbThreads = 1;
  const aspect = num > 0 && den > 0 ? `${num}/${den}` : "1/1";
  const input = create(graph, "buffer", {
    video_size: `${width}x${height}`,
    pix_fmt: String(format),
    time_base: `1/${CLOCK_RATE}`,
    pixel_aspect: aspect,
  });
  const bwdif = create(graph, "bwdif", { mode: "send_frame", parity: "auto", deint: "interlaced" });
  const output = create(graph, "buffersink", {});
  const what = `Cannot deinterlace frames of ${width}x${height}`;
  check(input.link(0, bwdif, 0), what);
  check(bwdif.link(0, output, 0), what);
  check(graph.configSync(), what);
  const base = output.buffersinkGetTimeBase();
  return { width, height, format, graph, input, output, ticks: CLOCK_RATE * base.num / base.den };
}

function create(
  graph: FilterGraph,
  name: string,
  options: Readonly<Record<string, string>>,
): FilterContext {
  const filter = Filter.getByName(name);
  const settings = Object.entries(options).map(([key, value]) => `${key}=${value}`).join(":");
  const made = filter && graph.createFilter(filter, name, settings || null);
  if (!made) throw new Error(`Cannot deinterlace: this build of FFmpeg does not have ${name}`);
  return made;
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`${what}: ${FFmpegError.strerror(result)}`);
}
