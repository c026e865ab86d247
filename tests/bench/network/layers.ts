/**
 * Measures what the small layer costs a room's source thread beside the main one: a game-like moving scene at 60
 * pictures a second, in one thread of this process. Rounds with and without it take turns, so that a machine that is
 * busy for a while affects both.
 *
 * @module
 */
import process from "node:process";
import { systemClock } from "../../../protocol/clock.ts";
import { openSourceEncoders } from "../../../media/video_encoder.ts";
import { LayerEncoders, type WantedCodecs } from "../../../worker/playback/layer_encoders.ts";
import { SharedControl } from "../../../worker/playback/shared_control.ts";
import { bitrateLimits } from "../../../worker/sending/rate/limits.ts";
import { movingPicture } from "../../support/media/pictures.ts";
import { median, round } from "../figures.ts";

const SIZES = [[256, 240], [640, 480], [1280, 720], [1920, 1080]] as const;
const FRAME_RATE = 60;
/** As rooms do by default: small pictures are enlarged. */
const MIN_HEIGHT = 480;
/** Number of different pictures, drawn before the measurement. */
const SCENE = 30;
const ROUNDS = 8;
/** Pictures of each round that are not measured: the encoder opens, and begins with a keyframe. */
const WARM_UP = 5;
const ROUND_FRAMES = 60;
/** What a watcher with 0.8 Mbit/s leaves for pictures, bits per second. */
const SMALL_BITRATE = 530_000;

/** Runs the benchmark: processor time in percent of a core, by the source's picture size. */
export async function layers(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [width, height] of SIZES) {
    const { main, second } = await secondEncode({ width, height });
    figures[`main_encode_cpu_percent_${width}x${height}`] = main;
    figures[`second_encode_cpu_percent_${width}x${height}`] = second;
  }
  return figures;
}

/** Processor time of the main layer's encode, and of the small one's beside it, in percent of a core. */
export async function secondEncode(
  { width, height }: { readonly width: number; readonly height: number },
): Promise<{ readonly main: number; readonly second: number }> {
  const scene = Array.from(
    { length: SCENE },
    (_, frame) => movingPicture({ width, height, frame }),
  );
  const control = new SharedControl();
  const { initial } = bitrateLimits({
    height: Math.max(height, MIN_HEIGHT),
    frameRate: FRAME_RATE,
  });
  control.main.bitrate = initial;
  control.small.bitrate = SMALL_BITRATE;
  control.small.reduction = { every: 1, divisor: 2 };
  using shared = openSourceEncoders({ targetHeight: MIN_HEIGHT });
  using encoders = new LayerEncoders({
    clock: systemClock,
    control,
    ...shared,
    targetHeight: MIN_HEIGHT,
    frameRate: () => FRAME_RATE,
    frame: () => {},
  });
  let timestamp = 0;
  const play = (small: "with" | "without"): number => {
    const wanted: WantedCodecs = { main: ["h264"], small: small === "with" ? ["h264"] : [] };
    let before = process.cpuUsage();
    for (let n = -WARM_UP; n < ROUND_FRAMES; n++) {
      if (n === 0) before = process.cpuUsage();
      timestamp += 90_000 / FRAME_RATE;
      encoders.encode(scene[(n + WARM_UP) % SCENE]!, { wanted, timestamp, capturedAt: 0 });
    }
    const { user, system } = process.cpuUsage(before);
    return 100 * (user + system) / 1e6 / (ROUND_FRAMES / FRAME_RATE);
  };
  play("with");
  const alone: number[] = [];
  const both: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    alone.push(play("without"));
    both.push(play("with"));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const main = median(alone);
  return { main: round(main), second: round(Math.max(0, median(both) - main)) };
}
