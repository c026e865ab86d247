/**
 * Opens the source that a stream names. Every refusal is a sentence, and none holds a password.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { writeHostPort } from "../../protocol/addresses/authority.ts";
import { readRtsp, writeRtsp } from "../../protocol/addresses/rtsp.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { SourceConfig } from "../../protocol/field/device.ts";
import { type Input, openInput } from "./input_source.ts";
import type { FieldSource, OpenFieldSource } from "./ports.ts";
import { TestSource } from "./test_source.ts";

const DEFAULT_SIZE = { width: 1280, height: 720 };
const DEFAULT_FRAME_RATE = 30;
/** Longest side, in pixels: what the encoder takes. */
const MAX_SIDE = 4096;
/** A camera in the network that does not answer is given up after this long, in microseconds. */
const RTSP_TIMEOUT = "5000000";

type Size = { readonly width: number; readonly height: number };

/** `media`: the only folder that files may be sent from. */
export function createSourceOpener(
  { clock, media }: { readonly clock: Clock; readonly media: string },
): OpenFieldSource {
  return async (config) => {
    const size = sizeOf(config);
    if (size && "error" in size) return size;
    switch (config.mode) {
      case "test": {
        const frameRate = config.framerate ?? DEFAULT_FRAME_RATE;
        const source: FieldSource = new TestSource({ ...(size ?? DEFAULT_SIZE), frameRate, clock });
        return { source };
      }
      case "file": {
        const input = fileInput(config, media);
        return "error" in input ? input : await openInput({ ...input, size }, clock);
      }
      case "rtsp": {
        const input = rtspInput(config);
        return "error" in input ? input : await openInput({ ...input, size }, clock);
      }
      case "v4l2":
        return await openCamera(config, { size, clock });
    }
  };
}

export function fileInput(
  { path, loop = true, framerate }: Extract<SourceConfig, { mode: "file" }>,
  media: string,
): Input | { readonly error: string } {
  const folder = resolve(media);
  const file = resolve(folder, path);
  if (!file.startsWith(folder + sep)) {
    return { error: `Cannot send ${path}: only files in ${folder} may be sent` };
  }
  return {
    what: `the file ${path}`,
    url: `file:${file}`,
    options: {},
    pace: "file",
    loop,
    frameRate: framerate,
  };
}

export function rtspInput(
  { uri, passthrough = false, framerate }: Extract<SourceConfig, { mode: "rtsp" }>,
): Input | { readonly error: string } {
  const address = readRtsp(uri);
  if ("error" in address) return address;
  return {
    what: `the camera at ${writeHostPort(address)}`,
    url: writeRtsp(address),
    format: "rtsp",
    options: { rtsp_transport: "tcp", timeout: RTSP_TIMEOUT, fflags: "nobuffer" },
    pace: "live",
    passthrough,
    frameRate: framerate,
  };
}

/** A camera as its ways to open it, best first: many give their larger pictures only as JPEG. */
export function cameraInputs(
  { device, passthrough = false, framerate, resolution }: Extract<SourceConfig, { mode: "v4l2" }>,
): Input[] {
  const mode = {
    ...(resolution !== undefined && { video_size: resolution }),
    ...(framerate !== undefined && { framerate: String(framerate) }),
  };
  const formats = passthrough ? ["h264"] : ["mjpeg", undefined];
  return formats.map((format) => ({
    what: `the camera ${device}`,
    url: device,
    format: "v4l2",
    options: { ...mode, ...(format && { input_format: format }) },
    pace: "live",
    passthrough,
  }));
}

async function openCamera(
  config: Extract<SourceConfig, { mode: "v4l2" }>,
  { size, clock }: { size: Size | undefined; clock: Clock },
): ReturnType<OpenFieldSource> {
  let fault = { error: `Cannot open ${config.device}` };
  for (const input of cameraInputs(config)) {
    const opened = await openInput({ ...input, size }, clock);
    if (!("error" in opened)) return opened;
    fault = opened;
  }
  return fault;
}

function sizeOf({ resolution }: SourceConfig): Size | { readonly error: string } | undefined {
  if (resolution === undefined) return undefined;
  const [width = 0, height = 0] = resolution.split("x").map(Number);
  const fits = (side: number) => side >= 64 && side <= MAX_SIDE && side % 2 === 0;
  return fits(width) && fits(height) ? { width, height } : {
    error: `Cannot send pictures of ${resolution}: sides must be even and from 64 to ${MAX_SIDE}`,
  };
}
