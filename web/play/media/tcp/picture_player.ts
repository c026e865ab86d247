/**
 * Decodes the pictures of a media socket and draws each on a canvas as soon as it is decoded, by WebCodecs.
 *
 * @module
 */
import type { SocketCodec, ToBrowser } from "../../../../protocol/media_socket/messages.ts";

/** Pictures that may wait for the decoder; then the next keyframe is waited for. */
const MAX_WAITING = 8;
/** H.264 constrained baseline of level 4.2, which 1920×1080 at 60 pictures a second fits; VP8. */
const CODEC_NAMES: Readonly<Record<SocketCodec, string>> = { h264: "avc1.42E02A", vp8: "vp8" };

/** A picture of the worker. */
export type SocketPicture = Extract<ToBrowser, { type: "video" }>;

/** A picture that was drawn. Times in milliseconds on the page's clock. */
export interface DrawnPicture {
  readonly picture: SocketPicture;
  readonly receivedAt: number;
  readonly width: number;
  readonly height: number;
}

/** Draws pictures. Disposing closes the decoder. */
export interface PicturePlayer extends Disposable {
  /** Takes a picture. False: it is not drawn, and a keyframe is needed. */
  play(picture: SocketPicture, receivedAt: number): boolean;
}

/** How a decoder is configured: small delay first. */
function configOf(codec: SocketCodec): VideoDecoderConfig {
  return { codec: CODEC_NAMES[codec], optimizeForLatency: true };
}

/** The codecs that this browser decodes by itself; none where it has no WebCodecs, as in a page that is not secure. */
export async function decodableCodecs(): Promise<SocketCodec[]> {
  if (typeof VideoDecoder !== "function" || typeof AudioDecoder !== "function") return [];
  const codecs: SocketCodec[] = [];
  for (const codec of ["h264", "vp8"] as const) {
    const { supported } = await VideoDecoder.isConfigSupported(configOf(codec))
      .catch(() => ({ supported: false }));
    if (supported) codecs.push(codec);
  }
  return codecs;
}

/** Makes a player that draws on `canvas`. `broken`: the decoder failed, and a keyframe is needed. */
export function createPicturePlayer(
  { codec, canvas, drawn, broken }: {
    readonly codec: SocketCodec;
    readonly canvas: HTMLCanvasElement;
    readonly drawn: (picture: DrawnPicture) => void;
    readonly broken: () => void;
  },
): PicturePlayer {
  const context = canvas.getContext("2d", { alpha: false, desynchronized: true })!;
  const waiting = new Map<number, { picture: SocketPicture; receivedAt: number }>();
  let decoder = open();
  let needsKeyframe = true;
  let isOver = false;

  function open(): VideoDecoder {
    const decoder = new VideoDecoder({
      output(frame) {
        const { timestamp, displayWidth: width, displayHeight: height } = frame;
        if (canvas.width !== width || canvas.height !== height) {
          canvas.width = width;
          canvas.height = height;
        }
        context.drawImage(frame, 0, 0);
        frame.close();
        const found = waiting.get(timestamp);
        waiting.delete(timestamp);
        if (found) drawn({ ...found, width, height });
      },
      error() {
        if (isOver) return;
        needsKeyframe = true;
        waiting.clear();
        broken();
      },
    });
    decoder.configure(configOf(codec));
    return decoder;
  }

  return {
    play(picture, receivedAt) {
      if (isOver) return true;
      if (decoder.decodeQueueSize > MAX_WAITING) {
        decoder.reset();
        decoder.configure(configOf(codec));
        waiting.clear();
        needsKeyframe = true;
      }
      if (needsKeyframe && !picture.keyframe) return false;
      if (decoder.state === "closed") decoder = open();
      needsKeyframe = false;
      // Names the picture when it is decoded; pictures are drawn when they are, and not at a time.
      const timestamp = picture.number;
      waiting.set(timestamp, { picture, receivedAt });
      const type = picture.keyframe ? "key" : "delta";
      decoder.decode(new EncodedVideoChunk({ type, timestamp, data: picture.data.slice() }));
      return true;
    },
    [Symbol.dispose]() {
      isOver = true;
      if (decoder.state !== "closed") decoder.close();
    },
  };
}
