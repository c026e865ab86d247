import { deepEqual, match } from "node:assert/strict";
import {
  createHardwareEncoder,
  isWorthReopening,
} from "../../../../media/hardware/hardware_encoder.ts";
import { tryHardware } from "../../../../media/hardware/try_hardware.ts";
import type { Hardware } from "../../../../media/ports.ts";
import { videoEncoderContract } from "../../../contracts/video_encoder_contract.ts";

/** What FFmpeg answers on a machine without the device, or whose driver lacks what rooms need. */
const REFUSALS: Readonly<Record<Hardware, RegExp>> = {
  vaapi:
    /^Cannot (encode 320x240 with VA-API: |open h264_vaapi for 320x240: |encode with VA-API: )/,
  nvenc: /^Cannot (open h264_nvenc for 320x240: |encode with NVENC: )/,
  v4l2m2m: /^Cannot (open h264_v4l2m2m for 320x240: |encode with V4L2 M2M: )/,
  rkmpp: /^Cannot (open h264_rkmpp for 320x240: |encode with Rockchip MPP: )/,
};

Deno.test("[ENC5] hardware takes a keyframe for a tenth less or a quarter more, twice a second at most", () => {
  const reopens = (to: number, frames = 30) =>
    isWorthReopening({ from: 1_000_000, to, frames, frameRate: 60 });
  deepEqual([950_000, 1_000_000, 1_200_000].map((to) => reopens(to)), [false, false, false]);
  deepEqual([890_000, 1_300_000].map((to) => reopens(to)), [true, true]);
  deepEqual([890_000, 1_300_000].map((to) => reopens(to, 29)), [false, false]);
});

for (const hardware of ["vaapi", "nvenc", "v4l2m2m", "rkmpp"] as const) {
  const refused = tryHardware(hardware);
  if (refused === undefined) {
    videoEncoderContract(hardware, {
      codec: "h264",
      create: createHardwareEncoder(hardware),
      isRetuned: false,
    });
  } else {
    Deno.test(`[ENC12] ${hardware} is refused on this machine, with a sentence that names it`, () => {
      // An option that this FFmpeg does not know would name itself here, before the device is opened.
      match(refused, REFUSALS[hardware]);
    });
  }
}
