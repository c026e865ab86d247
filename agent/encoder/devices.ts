/**
 * Which hardware encoders of H.264 the box may have, by what the kernel says of its devices.
 *
 * @module
 */
import type { Hardware } from "../../media/ports.ts";
import type { ReadKernelFiles } from "../probes/kernel_files.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

const VIDEO_NAMES = numbers(64).map((n) => `/sys/class/video4linux/video${n}/name`);

/** Files that are there when an encoder's device is, the best encoder first. */
const MARKS: Readonly<Record<Hardware, readonly string[]>> = {
  rkmpp: ["/sys/class/mpp_class/mpp_service/dev"],
  v4l2m2m: VIDEO_NAMES,
  nvenc: ["/proc/driver/nvidia/version"],
  // The first render node is number 128 (drivers/gpu/drm/drm_drv.c of Linux).
  vaapi: numbers(8).map((n) => `/sys/class/drm/renderD${128 + n}/dev`),
};
/** Names of nodes that encode, such as `bcm2835-codec-encode`, `hantro-vpu-enc`, `mtk-vcodec-enc`. */
const ENCODES = /enc/i;

/** The encoders whose devices are there, the best first. */
export async function findEncoders(read: ReadKernelFiles): Promise<readonly Hardware[]> {
  const files = await read(Object.values(MARKS).flat());
  return (Object.keys(MARKS) as Hardware[]).filter((hardware) =>
    MARKS[hardware].some((path) => {
      const text = files.get(path);
      return text !== undefined && (hardware !== "v4l2m2m" || ENCODES.test(text));
    })
  );
}
