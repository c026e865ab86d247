/**
 * Decodes one keyframe on a thread of FFmpeg's own, so that the caller's thread goes on with its stream.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { AV_CODEC_ID_H264, AV_CODEC_ID_HEVC } from "node-av/constants";
import { silenceFfmpeg } from "../ffmpeg_log.ts";

const IDS = { h264: AV_CODEC_ID_H264, hevc: AV_CODEC_ID_HEVC } as const;

/** The picture of a keyframe, which the caller frees; `undefined` when it cannot be decoded. Never rejects. */
export async function decodeOne(
  codec: keyof typeof IDS,
  data: Uint8Array,
): Promise<Frame | undefined> {
  silenceFfmpeg();
  const found = Codec.findDecoder(IDS[codec]);
  if (!found) return undefined;
  const context = new CodecContext();
  const packet = new Packet();
  const frame = new Frame();
  let isDecoded = false;
  try {
    context.allocContext3(found);
    context.threadCount = 1;
    if (await context.open2(found, null) < 0) return undefined;
    packet.alloc();
    packet.data = Buffer.from(data);
    packet.pts = 0n;
    frame.alloc();
    if (await context.sendPacket(packet) < 0) return undefined;
    // The end of the stream: a decoder that waits for pictures to reorder gives this one.
    await context.sendPacket(null);
    isDecoded = await context.receiveFrame(frame) >= 0;
    return isDecoded ? frame : undefined;
  } catch {
    return undefined;
  } finally {
    packet.free();
    context.freeContext();
    if (!isDecoded) frame.free();
  }
}
