/**
 * Recordings of a moving scene with a tone, and what FFmpeg finds in a file of one.
 *
 * @module
 */
import { FormatContext, Packet } from "node-av/lib";
import { FragmentWriter } from "../../../media/mp4/fragment_writer.ts";
import { createOpusEncoder } from "../../../media/opus_encoder.ts";
import type { EncodedAudio, EncodedFrame } from "../../../media/ports.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";
import type { Millis } from "../../../protocol/clock.ts";
import { movingPicture } from "./pictures.ts";

/** Something encoded, and when. */
export type Encoded =
  | { readonly at: Millis; readonly frame: EncodedFrame }
  | { readonly at: Millis; readonly packets: readonly EncodedAudio[] };

/** Seconds of a scene of 30 pictures a second, with a keyframe each second, and of a tone. */
export function encodeScene(
  seconds: number,
  { width = 320, height = 240, begin = 5_000 } = {},
): Encoded[] {
  using video = createVideoEncoder({
    codec: "h264",
    frameRate: 30,
    bitrate: 500_000,
    targetHeight: 1,
  });
  using audio = createOpusEncoder({ sampleRate: 48_000, bitrate: 64_000 });
  const all: Encoded[] = [];
  for (let n = 0; n < seconds * 30; n++) {
    const at = begin + n * 1_000 / 30 as Millis;
    const frame = video.encode(movingPicture({ width, height, frame: n }), {
      keyframe: n % 30 === 0,
      // Near the end of the 32 bits, so that they wrap.
      timestamp: (2 ** 32 - 9_000 + n * 3_000) % 2 ** 32,
    });
    if (frame) all.push({ at, frame });
    const pcm = Int16Array.from(
      { length: 3_200 },
      (_, each) => 8_000 * Math.sin((n * 1_600 + (each >> 1)) * 2 * Math.PI * 440 / 48_000),
    );
    all.push({ at, packets: audio.encode(pcm) });
  }
  return all;
}

/** The recording of these, in the pieces that are appended to its file. */
export function record(scene: readonly Encoded[], aspect?: number): Uint8Array[] {
  const writer = new FragmentWriter(aspect);
  const pieces = scene.map((each) =>
    "frame" in each ? writer.frame(each.frame, each.at) : writer.sound(each.packets, each.at)
  );
  return [...pieces, writer.end()].filter((piece) => piece !== undefined);
}

/** What FFmpeg finds in a file. */
export interface Probed {
  /** In seconds; by the file's description. */
  readonly duration: number;
  /** In pixels. */
  readonly size: readonly [number, number];
  /** Width of a pixel ÷ its height. */
  readonly pixelAspect: number;
  /** Numbers of pictures and packets of sound, and the time of the last one in seconds. */
  readonly pictures: number;
  readonly sounds: number;
  readonly lastPicture: number;
  readonly lastSound: number;
}

/** Reads a file with FFmpeg, to its end. */
export async function probe(path: string): Promise<Probed> {
  const context = new FormatContext();
  context.allocContext();
  if (await context.openInput(`file:${path}`, null, null) < 0) throw new Error("cannot open");
  await context.findStreamInfo(null);
  const found = { pictures: 0, sounds: 0, lastPicture: 0, lastSound: 0 };
  using packet = new Packet();
  packet.alloc();
  while (await context.readFrame(packet) >= 0) {
    const isPicture = packet.streamIndex === 0;
    const seconds = Number(packet.pts) / (isPicture ? 90_000 : 48_000);
    found[isPicture ? "pictures" : "sounds"] += 1;
    found[isPicture ? "lastPicture" : "lastSound"] = seconds;
    packet.unref();
  }
  const { codecpar: { width, height }, sampleAspectRatio: { num, den } } = context.streams[0]!;
  const duration = Number(context.duration) / 1_000_000;
  await context.closeInput();
  return { ...found, duration, size: [width, height], pixelAspect: num / den };
}
