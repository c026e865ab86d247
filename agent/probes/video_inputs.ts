/**
 * Cameras and capture cards, as Video4Linux lists them. Their modes come from `v4l2-ctl`; without it they are
 * listed by name alone.
 *
 * @module
 */
import type { MediaInput } from "../../protocol/field/device.ts";
import { toPlainText } from "../../protocol/plain_text.ts";
import { firstLine, type ReadKernelFiles } from "./kernel_files.ts";
import type { RunTool } from "./tool.ts";

/** Most modes that are reported of one input. */
const MAX_MODES = 64;
/** Longest label, in characters. */
const MAX_LABEL = 200;
const ROOT = "/sys/class/video4linux";
/** Nodes that are looked for: `video0` and so on. */
const NODES = Array.from({ length: 64 }, (_, at) => `video${at}`);

/** The inputs that deliver pictures; nodes for metadata are left out. */
export async function readVideoInputs(
  run: RunTool,
  { read, uses }: {
    readonly read: ReadKernelFiles;
    /** Whether a stream of this agent uses the device. */
    readonly uses: (device: string) => boolean;
  },
): Promise<MediaInput[]> {
  const files = await read(
    NODES.flatMap((node) => ["name", "index"].map((part) => `${ROOT}/${node}/${part}`)),
  );
  const nodes = NODES.filter((node) => files.has(`${ROOT}/${node}/name`));
  const inputs = await Promise.all(nodes.map(async (node): Promise<MediaInput | undefined> => {
    const device = `/dev/${node}`;
    const label = firstLine(files, `${ROOT}/${node}/name`) ?? node;
    const formats = await run("v4l2-ctl", ["-d", device, "--list-formats-ext"]);
    const capabilities = formats === undefined ? [] : parseModes(formats);
    // A camera's nodes besides its first one carry metadata, or the same pictures again.
    const isFirst = (firstLine(files, `${ROOT}/${node}/index`) ?? "0") === "0";
    if (formats === undefined ? !isFirst : capabilities.length === 0) return undefined;
    return {
      device,
      type: "v4l2",
      label: toPlainText(label, MAX_LABEL),
      capabilities,
      status: uses(device) ? "in_use" : "available",
    };
  }));
  return inputs.filter((input) => input !== undefined);
}

/** Modes as `1920x1080@30`, best first, from `v4l2-ctl --list-formats-ext`. */
export function parseModes(text: string): string[] {
  const modes = new Map<string, number>();
  let size: string | undefined;
  for (const line of text.split("\n")) {
    size = /Size: Discrete (\d+x\d+)/.exec(line)?.[1] ?? size;
    const rate = /Interval: Discrete .*\((\d+(?:\.\d+)?) fps\)/.exec(line)?.[1];
    if (size === undefined || rate === undefined) continue;
    const [width = 0, height = 0] = size.split("x").map(Number);
    modes.set(`${size}@${Number(rate)}`, width * height * 1000 + Number(rate));
  }
  return [...modes].sort(([, a], [, b]) => b - a).map(([mode]) => mode).slice(0, MAX_MODES);
}
