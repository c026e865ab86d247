/**
 * A transport-stream file whose pictures need about every bit that an encoder may spend.
 *
 * @module
 */
import { TsMuxer } from "../../../media/mpegts/muxer.ts";
import { createNoisyRows } from "../../../media/pattern/noisy_rows.ts";
import { createVideoEncoder } from "../../../media/video_encoder.ts";

const SIZE = { width: 640, height: 480 };
const FRAME_RATE = 30;
const PICTURES = 150;
/** Ticks of 90 kHz from picture to picture. */
const STEP = 90_000 / FRAME_RATE;

/** Writes a film of five seconds, 640 × 480. */
export async function writeNoisyFile(path: string): Promise<void> {
  const { width, height } = SIZE;
  const rows = createNoisyRows({
    row: Uint32Array.from({ length: width }, (_, x) => (x >> 4) * 0x3f5f7f & 0x7f7f7f),
    height,
    amplitude: 24,
  });
  using encoder = createVideoEncoder({
    codec: "h264",
    frameRate: FRAME_RATE,
    bitrate: 6_000_000,
    targetHeight: height,
  });
  const muxer = new TsMuxer({});
  using file = await Deno.open(path, { create: true, write: true });
  for (let n = 0; n < PICTURES; n++) {
    const pixels = rows(n);
    const data = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const picture = { data, format: "xrgb8888", ...SIZE, stride: width * 4 } as const;
    const keyframe = n % FRAME_RATE === 0;
    const frame = encoder.encode(picture, { keyframe, timestamp: n * STEP });
    if (!frame) continue;
    const packets = muxer.video(frame.data, { pts: 90_000 + n * STEP, keyframe });
    await file.write(packets);
  }
}
