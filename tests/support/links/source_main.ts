/**
 * The sending end of a link in a process of its own: it sends packets of an even bitrate, each with the time, and
 * reports when it is done.
 *
 * @module
 */
import process from "node:process";
import type { LinkOptions, SendingLink } from "../../../media/links/ports.ts";
import { openBonded } from "../../../media/links/rist/rist_link.ts";
import { DEFAULT_RULES } from "../../../media/links/rist/scheduler.ts";
import { createSrtOpener } from "../../../media/links/srt_link.ts";
import { preciseEpoch, sleep, systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import type { FromLinkSource } from "../field/children.ts";
import { numberedPackets } from "./numbered.ts";

/** Packets of one call, as a picture makes them, and the least time between two calls in milliseconds. */
const [BATCH, PERIOD] = [14, 5] as const;

const [secret = "", latency = "0", bitrate = "0", ms = "0", ...urls] = process.argv.slice(2);
const common: Omit<LinkOptions, "url"> = { passphrase: secret, latency: Number(latency) };
const link = await open();
if ("error" in link) throw new Error(link.error);
const began = performance.now();
const period = Math.max(PERIOD, BATCH * 188 * 8_000 / Number(bitrate));
let sent = 0;
for (let due = began; due < began + Number(ms); due += period) {
  await sleep(systemClock, Math.max(0, due - performance.now()));
  const packets = numberedPackets(sent, BATCH);
  const view = new DataView(packets.buffer);
  for (let at = 8; at < packets.length; at += 188) view.setFloat64(at, preciseEpoch());
  await link.send(packets);
  sent += BATCH;
}
report({ type: "sent", sent, figures: link.figures });

async function open(): Promise<SendingLink | { readonly error: string }> {
  const [url = ""] = urls;
  if (!url.startsWith("rist:")) {
    return await createSrtOpener({ clock: systemClock, missing: console.warn })({ ...common, url });
  }
  const paths = urls.map((url) => ({ url }));
  const ports = { clock: systemClock, random: systemRandom };
  return await openBonded({ ...common, paths, rules: DEFAULT_RULES }, ports);
}

function report(message: FromLinkSource): void {
  process.send!(message);
}
