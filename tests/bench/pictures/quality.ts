/**
 * Measures how much decoded pictures are like the encoded ones, at the bitrates of the product's limits: PSNR and SSIM
 * of the luma, by FFmpeg's filters. Pictures: the built-in game while its paddles move, and a scene that takes many bits
 * ({@linkcode busyScene}), at 60 a second.
 *
 * @module
 */
import { AV_PIX_FMT_YUV420P } from "node-av/constants";
import { Decoder } from "../../../media/decode/decoder.ts";
import { encodedSize } from "../../../media/pictures/convert.ts";
import type { Picture } from "../../../media/ports.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";
import { buttonBit, NEUTRAL_PAD, type PadState } from "../../../protocol/control/pad.ts";
import { bitrateLimits } from "../../../worker/sending/rate/limits.ts";
import { openSource } from "../../../worker/sources/open_source.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { busyScene } from "./busy_scene.ts";
import { LikenessMeter, type Size } from "./likeness.ts";
import { round } from "../figures.ts";

const FRAME_RATE = 60;
/** As rooms do by default: small pictures are enlarged. */
const TARGET_HEIGHT = 448;
/** The first frames are not counted: they follow a keyframe of few bits. */
const SETTLING = 60;
const FRAMES = 150;

/** Pictures of one size; drawn one after another. */
interface Scene {
  readonly name: string;
  readonly size: Size;
  readonly draw: (frame: number) => Picture;
}

/** One encode of a scene and its comparison. Disposing closes both. */
interface Trial extends Disposable {
  readonly figure: string;
  take(picture: Picture, frame: number): void;
  result(): { psnr: number; colourPsnr: number; ssim: number; bitrate: number };
}

/** Runs the benchmark and returns PSNR and SSIM of each scene, size and bitrate. */
export async function quality(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  console.log("scene and size at kbit/s           sent    PSNR Y   PSNR YUV  SSIM Y");
  for (const scene of scenes()) {
    const { height } = encodedSize(scene.size, TARGET_HEIGHT);
    const { floor, initial, ceiling } = bitrateLimits({ height, frameRate: FRAME_RATE });
    const bitrates = [floor, initial / 2, initial, ceiling, 2 * ceiling];
    const wishes = bitrates.map((bitrate) => ({ bitrate, targetHeight: TARGET_HEIGHT, how: "" }));
    if (height !== scene.size.height) {
      wishes.push({ bitrate: initial, targetHeight: 1, how: "_unscaled" });
    }
    using stack = new DisposableStack();
    const trials = wishes.map(({ bitrate, targetHeight, how }) => {
      const figure = `${scene.name}_${scene.size.width}x${scene.size.height}${how}`;
      return stack.use(openTrial({ size: scene.size, bitrate, targetHeight, figure }));
    });
    for (let frame = 0; frame < FRAMES; frame++) {
      const picture = scene.draw(frame);
      for (const trial of trials) trial.take(picture, frame);
      // Lets the process end on a signal.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    for (const trial of trials) {
      const { psnr, colourPsnr, ssim, bitrate } = trial.result();
      figures[`psnr_db_${trial.figure}`] = round(psnr);
      figures[`ssim_${trial.figure}`] = Math.round(10_000 * ssim) / 10_000;
      const columns = [round(bitrate / 1_000), round(psnr), round(colourPsnr), round(1000 * ssim)];
      console.log(trial.figure.padEnd(30), ...columns.map((value) => `${value}`.padStart(9)));
    }
  }
  return figures;
}

function scenes(): Scene[] {
  const sizes = [[256, 240], [640, 480], [1280, 720], [1920, 1080]] as const;
  const busy = sizes.map(([width, height]): Scene => ({
    name: "busy",
    size: { width, height },
    draw: busyScene({ width, height, random: new SeededRandom(175) }),
  }));
  return [paddleDuel(), ...busy];
}

/** The built-in game: a player starts it and moves up and down. */
function paddleDuel(): Scene {
  const opened = openSource({ kind: "builtin", name: "paddle-duel" });
  if ("error" in opened) throw new Error(opened.error);
  const { source } = opened;
  let last: Picture | undefined;
  return {
    name: "paddle",
    size: { width: 256, height: 240 },
    draw(frame) {
      const { picture } = source.step([press(frame), NEUTRAL_PAD, NEUTRAL_PAD, NEUTRAL_PAD]);
      last = picture ?? last;
      if (!last) throw new Error("Cannot compare the game's first picture: it made none");
      return last;
    },
  };
}

function press(frame: number): PadState {
  const button = frame % 40 === 5 && frame < 60 ? "start" : frame % 60 < 30 ? "up" : "down";
  return { ...NEUTRAL_PAD, buttons: buttonBit(button) };
}

function openTrial(
  { size, bitrate, targetHeight, figure }: {
    size: Size;
    bitrate: number;
    targetHeight: number;
    figure: string;
  },
): Trial {
  const encoder = createVideoEncoder({
    codec: "h264",
    frameRate: FRAME_RATE,
    bitrate,
    targetHeight,
  });
  const decoder = new Decoder("h264");
  const meter = new LikenessMeter({
    original: size,
    decoded: encodedSize(size, targetHeight),
    decodedFormat: AV_PIX_FMT_YUV420P,
    shown: encodedSize(size, TARGET_HEIGHT),
  });
  let bytes = 0;
  return {
    figure: `${figure}_${bitrate / 1_000}k`,
    take(picture, n) {
      const frame = encoder.encode(picture, { keyframe: false, timestamp: n * 1_500 });
      if (!frame) return;
      if (n >= SETTLING) bytes += frame.data.length;
      decoder.decode(frame.data, {
        pts: n * 1_500,
        take: (decoded) => {
          if (n >= SETTLING) meter.compare(picture, decoded);
        },
      });
    },
    result: () => ({
      ...meter.likeness,
      bitrate: 8 * bytes / (FRAMES - SETTLING) * FRAME_RATE,
    }),
    [Symbol.dispose]() {
      encoder[Symbol.dispose]();
      decoder[Symbol.dispose]();
      meter[Symbol.dispose]();
    },
  };
}
