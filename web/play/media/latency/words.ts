/**
 * The names of the stages, and what to do about each when it takes long.
 *
 * @module
 */
import { formatMillis } from "../../../shared/format.ts";
import type { Figure, StageName } from "./stages.ts";

/** Each stage as the page names it. */
export const STAGE_NAMES: Readonly<Record<StageName, string>> = {
  device: "At the device",
  link: "Link of the device",
  held_up: "Held up before the worker",
  convert: "Convert",
  encode: "Encode",
  wait: "Wait to be sent",
  network: "Network",
  jitter_buffer: "Jitter buffer",
  decode: "Decode",
  present: "Present",
};

/** The advice of each stage, as one sentence. */
export const ADVICE: Readonly<Record<StageName, string>> = {
  device: "The device is slow or busy: fewer or smaller pictures, or a hardware encoder help.",
  link:
    "The link waits for packets that are sent again: a better link of the device, or a shorter latency of the stream helps.",
  held_up: "Pictures come to the worker unevenly: a better link of the device helps.",
  convert: "The worker's machine is slow or busy: another worker helps.",
  encode: "The worker's machine is slow or busy: another worker helps.",
  wait: "The worker's machine is busy, or pictures are large: another worker helps.",
  network: "A cable, a place nearer to the router, or a nearer worker helps.",
  jitter_buffer: "Packets arrive unevenly: a cable or a place nearer to the router helps.",
  decode: "This device is slow or busy: close other tabs or programs.",
  present: "The browser shows pictures late: close other tabs, or use a screen with a higher rate.",
};

/** The texts of a list of figures, of which each reason is said once: further figures without one say _Not measured_. */
export function figureTexts(figures: readonly Figure[]): readonly string[] {
  const said = new Set<string>();
  return figures.map((figure) => {
    if (!("why" in figure)) return figureText(figure);
    if (said.has(figure.why)) return "Not measured";
    said.add(figure.why);
    return figureText(figure);
  });
}

/** `12 ms`, `12 ± 3 ms`, or `Not measured: …`. */
export function figureText(figure: Figure): string {
  if ("why" in figure) return `Not measured: ${figure.why}`;
  const { ms, error } = figure;
  return error === undefined
    ? formatMillis(ms, { fine: true })
    : `${formatMillis(ms, { fine: true })} ± ${formatMillis(error, { fine: true })}`;
}
