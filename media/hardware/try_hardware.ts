/**
 * Tries a hardware encoder with a few small pictures, before rooms use it.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import { NalType, nalType, splitNals } from "../annexb.ts";
import type { CreateVideoEncoder, EncodedFrame, Hardware, Picture } from "../ports.ts";
import { createHardwareEncoder } from "./hardware_encoder.ts";

/** What people call them. */
export const HARDWARE_NAMES: Readonly<Record<Hardware, string>> = {
  vaapi: "VA-API",
  nvenc: "NVENC",
  v4l2m2m: "V4L2 M2M",
  rkmpp: "Rockchip MPP",
};

/** What a machine has to have, since FFmpeg's answer does not say what is missing. */
const NEEDS: Readonly<Record<Hardware, string>> = {
  vaapi:
    "VA-API needs a card in /dev/dri that this user may open (group render), libva-drm and the card's driver",
  nvenc: "NVENC needs a card and the driver of NVIDIA, with libcuda and libnvidia-encode",
  v4l2m2m: "V4L2 M2M needs an encoder in /dev that this user may open (group video)",
  rkmpp:
    "MPP needs /dev/mpp_service, which this user may open (group video), and an FFmpeg with MPP",
};

/** Large enough for the encoders that have a least size. */
const SIZE = { width: 320, height: 240 } as const;
/** The keyframe that is tried on request is the last of so many pictures. */
const PICTURES = 4;
/** `profile_idc` of baseline (H.264 §A.2.1). */
const BASELINE = 66;

/** The reason, a sentence, why rooms cannot use this encoder; `undefined`: they can. */
export function tryHardware(
  hardware: Hardware,
  create: CreateVideoEncoder = createHardwareEncoder(hardware),
): string | undefined {
  try {
    using encoder = create({
      codec: "h264",
      frameRate: 60,
      bitrate: 1_000_000,
      targetHeight: 1,
    });
    for (let n = 0; n < PICTURES; n++) {
      const keyframe = n === PICTURES - 1;
      const frame = encoder.encode(grey(64 + 16 * n), { keyframe, timestamp: 1_500 * n });
      const fault = faultOf(frame, { isKeyframe: n === 0 || keyframe });
      if (fault) return `Cannot encode with ${HARDWARE_NAMES[hardware]}: ${fault}`;
    }
    return undefined;
  } catch (error) {
    return `${errorText(error)}. ${NEEDS[hardware]}`;
  }
}

/** What browsers or rooms could not work with. */
function faultOf(
  frame: EncodedFrame | undefined,
  { isKeyframe }: { isKeyframe: boolean },
): string | undefined {
  if (!frame) return "it keeps a picture back instead of returning each at once";
  if (frame.keyframe !== isKeyframe) {
    return isKeyframe ? "it makes no keyframe on request" : "it makes keyframes without a request";
  }
  if (!isKeyframe) return undefined;
  const nals = splitNals(frame.data);
  const sps = nals.find((nal) => nalType(nal) === NalType.sps);
  if (!sps || !nals.some((nal) => nalType(nal) === NalType.pps)) {
    return "its keyframes come without SPS and PPS";
  }
  if (sps[1] !== BASELINE) return `it makes profile ${sps[1]} of H.264 and not baseline (66)`;
  return undefined;
}

function grey(luma: number): Picture {
  const { width, height } = SIZE;
  const data = new Uint8Array(width * height * 3 / 2).fill(128);
  data.fill(luma, 0, width * height);
  return { data, format: "yuv420p", width, height, stride: width };
}
