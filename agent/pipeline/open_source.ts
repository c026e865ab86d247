/**
 * Opens the source that a stream names. Every refusal is a sentence, and none holds a password.
 *
 * @module
 */
import { writeHostPort } from "../../protocol/addresses/authority.ts";
import { readRtsp, writeRtsp } from "../../protocol/addresses/rtsp.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { SourceConfig } from "../../protocol/field/device.ts";
import type { CarPorts } from "../simulator/car_link.ts";
import { FILE_OPTIONS, findMediaFile } from "../media_folder/media_file.ts";
import { type Input, openInput } from "./input_source.ts";
import { LastingSource } from "./lasting_source.ts";
import type { OpenedInput, OpenFieldSource } from "./ports.ts";
import { TestSource } from "./test_source.ts";

/** Loaded when it is needed: no other stream has the memory of a world. */
const loadCar = () => import("../simulator/car_source.ts");

const DEFAULT_SIZE = { width: 1280, height: 720 };
const DEFAULT_FRAME_RATE = 30;
/** Longest side, in pixels: what the encoder takes. */
const MAX_SIDE = 4096;
/** Opening a network camera that does not answer ends after this long, in microseconds. */
const RTSP_TIMEOUT = "5000000";

type Size = { readonly width: number; readonly height: number };

/** The folder of files and the times that all sources share. */
export interface SourceOpenerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The only folder that files may be sent from. */
  readonly media: string;
  /** For how long opening a lost input is tried, in milliseconds. */
  readonly patience: number;
  /** Ports of the simulated car; absent: nothing drives it. */
  readonly car?: CarPorts | undefined;
}

/** Makes the function that opens sources. */
export function createSourceOpener(options: SourceOpenerOptions): OpenFieldSource {
  return async (config) => {
    const size = sizeOf(config);
    if (size && "error" in size) return size;
    if (config.mode === "test") {
      const frameRate = config.framerate ?? DEFAULT_FRAME_RATE;
      const { clock } = options;
      return { source: new TestSource({ ...(size ?? DEFAULT_SIZE), frameRate, clock }) };
    }
    if (config.mode === "car") return await simulateCar(config, { ...options, size });
    const inputs = await inputsOf(config, options.media);
    if ("error" in inputs) return inputs;
    const [{ what }] = inputs;
    const open = async () => {
      const found = await inputsOf(config, options.media);
      if ("error" in found) return found;
      return await openFirst(found.map((input) => ({ ...input, size })), options.clock);
    };
    const first = await open();
    if ("error" in first) return first;
    return { source: new LastingSource({ ...options, what, first, open }) };
  };
}

async function simulateCar(
  { framerate: frameRate = DEFAULT_FRAME_RATE }: Extract<SourceConfig, { mode: "car" }>,
  { clock, car, size }: SourceOpenerOptions & { readonly size: Size | undefined },
): ReturnType<OpenFieldSource> {
  try {
    const { openCar, CAR_SIZE } = await loadCar();
    return { source: await openCar(car, { ...(size ?? CAR_SIZE), frameRate, clock }) };
  } catch (error) {
    return { error: `Cannot open the simulated car: ${errorText(error)}` };
  }
}

/** The ways to open an input, best first. */
async function inputsOf(
  config: Exclude<SourceConfig, { mode: "test" | "car" }>,
  media: string,
): Promise<[Input, ...Input[]] | { readonly error: string }> {
  switch (config.mode) {
    case "file": {
      const input = await fileInput(config, media);
      return "error" in input ? input : [input];
    }
    case "rtsp": {
      const input = rtspInput(config);
      return "error" in input ? input : [input];
    }
    case "v4l2":
      return cameraInputs(config);
  }
}

/** Opens the first input that can be opened; the error is that of the last. */
async function openFirst(
  [input, ...others]: readonly Input[],
  clock: Clock,
): Promise<OpenedInput | { readonly error: string }> {
  if (!input) return { error: "Cannot open an input: there is no way to open it" };
  const opened = await openInput(input, clock);
  return "error" in opened && others.length > 0 ? await openFirst(others, clock) : opened;
}

/** The input for a file, or a sentence that says why it may not be sent: only files in `media` may. */
export async function fileInput(
  { path, loop = true, framerate }: Extract<SourceConfig, { mode: "file" }>,
  media: string,
): Promise<Input | { readonly error: string }> {
  const file = await findMediaFile(path, media);
  if ("error" in file) return file;
  return {
    what: `the file ${path}`,
    url: `file:${file.path}`,
    options: FILE_OPTIONS,
    pace: "file",
    loop,
    frameRate: framerate,
  };
}

/** The input for an RTSP address, or a sentence that says what is wrong with the address. */
export function rtspInput(
  { uri, passthrough = false, framerate }: Extract<SourceConfig, { mode: "rtsp" }>,
): Input | { readonly error: string } {
  const address = readRtsp(uri);
  if ("error" in address) return address;
  return {
    what: `the camera at ${writeHostPort(address)}`,
    url: writeRtsp(address),
    format: "rtsp",
    options: {
      rtsp_transport: "tcp",
      protocol_whitelist: "tcp,tls",
      timeout: RTSP_TIMEOUT,
      fflags: "nobuffer",
    },
    pace: "live",
    passthrough,
    frameRate: framerate,
  };
}

/** The ways to open a camera, best first: many cameras deliver their larger pictures only as JPEG. */
export function cameraInputs(
  { device, passthrough = false, framerate, resolution }: Extract<SourceConfig, { mode: "v4l2" }>,
): [Input, ...Input[]] {
  const mode = {
    ...(resolution !== undefined && { video_size: resolution }),
    ...(framerate !== undefined && { framerate: String(framerate) }),
  };
  const as = (format: string | undefined): Input => ({
    what: `the camera ${device}`,
    url: device,
    format: "v4l2",
    options: { ...mode, ...(format && { input_format: format }) },
    pace: "live",
    passthrough,
  });
  return passthrough ? [as("h264")] : [as("mjpeg"), as(undefined)];
}

function sizeOf({ resolution }: SourceConfig): Size | { readonly error: string } | undefined {
  if (resolution === undefined) return undefined;
  const [width = 0, height = 0] = resolution.split("x").map(Number);
  const fits = (side: number) => side >= 64 && side <= MAX_SIDE && side % 2 === 0;
  return fits(width) && fits(height) ? { width, height } : {
    error: `Cannot send pictures of ${resolution}: sides must be even and from 64 to ${MAX_SIDE}`,
  };
}
