/**
 * Which hardware encoders a worker tries, and the device nodes that each needs.
 *
 * @module
 */
import type { Hardware } from "../../media/ports.ts";
import type { WorkerSettings } from "../../protocol/settings/worker.ts";

/** Graphics cards of one machine that are looked at. */
const CARDS = 8;
const numbers = Array.from({ length: CARDS }, (_, n) => n);

/** The device nodes of each encoder. A machine that has one of the `marks` has the encoder's device. */
export const DEVICES: Readonly<
  Record<Hardware, { readonly marks: readonly string[]; readonly nodes: readonly string[] }>
> = {
  vaapi: {
    // The first render node is number 128 (drivers/gpu/drm/drm_drv.c of Linux).
    marks: numbers.map((n) => `/dev/dri/renderD${128 + n}`),
    nodes: ["/dev/dri"],
  },
  nvenc: {
    marks: ["/dev/nvidiactl"],
    nodes: ["/dev/nvidiactl", "/dev/nvidia-uvm", ...numbers.map((n) => `/dev/nvidia${n}`)],
  },
  // Encoders of small boards, which workers do not run on: their rooms do not try them.
  v4l2m2m: { marks: [], nodes: [] },
  rkmpp: { marks: [], nodes: [] },
};

/** In this order: a machine with a card of NVIDIA often has a slower encoder in its processor too. */
const ORDER: readonly Hardware[] = ["nvenc", "vaapi"];

/** The encoders to try, the best first. `present`: the device nodes that the machine has. */
export function candidates(
  wish: WorkerSettings["encoder"],
  present: ReadonlySet<string>,
): readonly Hardware[] {
  if (wish === "software") return [];
  if (wish !== "auto") return [wish];
  return ORDER.filter((hardware) => DEVICES[hardware].marks.some((mark) => present.has(mark)));
}
