/**
 * Brings pictures into the memory of a VA-API device, as its encoder needs them: NV12 surfaces.
 *
 * @module
 */
import {
  type CodecContext,
  FFmpegError,
  Frame,
  HardwareDeviceContext,
  HardwareFramesContext,
  SoftwareScaleContext,
} from "node-av/lib";
import {
  AV_HWDEVICE_TYPE_VAAPI,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_VAAPI,
  AV_PIX_FMT_YUV420P,
  SWS_POINT,
} from "node-av/constants";
import type { OpenOptions, Upload } from "../ffmpeg_encoder.ts";

/** Surfaces for pictures: one that is encoded, its reference, and one in reserve. */
const SURFACES = 3;

/**
 * Opens the first VA-API device of the machine, and prepares an encoder for its surfaces.
 *
 * @throws {Error} a sentence, when there is no device or it has no such surfaces.
 */
export function openVaapiUpload(context: CodecContext, { width, height }: OpenOptions): Upload {
  const what = `Cannot encode ${width}x${height} with VA-API`;
  using made = new DisposableStack();
  const device = made.adopt(new HardwareDeviceContext(), (each) => each.free());
  check(device.create(AV_HWDEVICE_TYPE_VAAPI), `${what}: no device can be opened`);
  const frames = made.adopt(new HardwareFramesContext(), (each) => each.free());
  frames.alloc(device);
  frames.format = AV_PIX_FMT_VAAPI;
  frames.swFormat = AV_PIX_FMT_NV12;
  frames.width = width;
  frames.height = height;
  frames.initialPoolSize = SURFACES;
  check(frames.init(), `${what}: the device has no surfaces of this size`);
  context.pixelFormat = AV_PIX_FMT_VAAPI;
  context.hwFramesCtx = frames;
  const interleaved = made.adopt(new Frame(), (each) => each.free());
  interleaved.alloc();
  interleaved.format = AV_PIX_FMT_NV12;
  interleaved.width = width;
  interleaved.height = height;
  check(interleaved.getBuffer(0), what);
  const scaler = made.adopt(new SoftwareScaleContext(), (each) => each.freeContext());
  const formats = [AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12] as const;
  scaler.getContext(width, height, formats[0], width, height, formats[1], SWS_POINT);
  const surface = made.adopt(new Frame(), (each) => each.free());
  surface.alloc();
  const all = made.move();
  return {
    upload(frame) {
      check(scaler.scaleFrameSync(interleaved, frame), what);
      // The encoder keeps a reference to the surface for as long as it needs it.
      surface.unref();
      check(frames.getBuffer(surface), what);
      check(frames.transferDataSync(surface, interleaved), `${what}: a picture was not taken`);
      surface.copyProps(frame);
      return surface;
    },
    [Symbol.dispose]: () => all.dispose(),
  };
}

function check(result: number, what: string): void {
  if (result < 0) throw new Error(`${what}: ${FFmpegError.strerror(result)}`);
}
