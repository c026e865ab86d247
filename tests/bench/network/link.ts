/**
 * What a field stream of 2.5 Mbit/s becomes over a single SRT path, in the regimes of the relay: transport packets that
 * never reached the worker, and pictures a second in the room, 10 s after a start that may take 10 s. Then what the links
 * do with packets (`link_transport.ts`), and how much of two paths of 1.5 and 2.5 Mbit/s an encoder uses that may send 6
 * (`utilisation`).
 *
 * @module
 */
import { linkTransport } from "./link_transport.ts";
import { openFieldLink } from "../../support/links/field_link.ts";
import { always } from "../../support/relay/conditions.ts";
import { lossy, LTE_GOOD, LTE_POOR, type Regime } from "../../support/relay/regimes.ts";

const LATENCY = 200;
const [SETTLING, MEASURED] = [10_000, 10_000];
/** Bits a second of the paths whose use is measured, and the time in which the encoder finds what they carry. */
const [PATHS, RISING] = [[1_500_000, 2_500_000], 20_000] as const;
/** Packets a second of a stream of 2.5 Mbit/s, for the share of those lost. */
const PACKETS = 2_500_000 / 8 / 188;

/** Up and down changed over: the regimes speak of a browser that receives. */
const upward = ({ up, down }: Regime): Regime => ({ up: down, down: up });
const path = { delayMs: 25 };
const narrow = (rate: number): Regime => ({
  up: always({ ...path, bottleneck: { rate, queueMs: 300 } }),
  down: always(path),
});

const REGIMES: Readonly<Record<string, Regime>> = {
  clear: lossy(0, 50),
  lossy: lossy(0.03, 50),
  lte_good: upward(LTE_GOOD),
  lte_poor: upward(LTE_POOR),
  narrow_2000: narrow(2_000_000),
  narrow_800: narrow(800_000),
};

/** Measures every regime, or those that are named. */
export async function link(names: readonly string[]): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  let port = 17_300;
  for (const [name, regime] of Object.entries(REGIMES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const encoder = { bitrate_kbps: 2_500 };
    const regimes = [regime];
    await using stream = await openFieldLink({ regimes, encoder, latency: LATENCY, port });
    port += 30;
    await stream.measure(SETTLING);
    const { pictures, lost } = await stream.measure(MEASURED);
    const { links: [newest], target_bitrate_kbps } = stream.stats.at(-1)!;
    figures[`srt_${name}_lost_percent`] = rounded(100 * lost * 1000 / (PACKETS * MEASURED), 2);
    figures[`srt_${name}_pictures_per_s`] = rounded(pictures, 1);
    figures[`srt_${name}_target_kbps`] = target_bitrate_kbps ?? 0;
    figures[`srt_${name}_rtt_ms`] = rounded(newest?.rtt_ms ?? 0, 1);
  }
  if (names.length === 0 || names.includes("utilisation")) {
    figures["bonded_utilisation"] = rounded(await utilisation(port), 2);
  }
  return { ...figures, ...await linkTransport(names) };
}

async function utilisation(port: number): Promise<number> {
  await using stream = await openFieldLink({
    transport: "rist",
    regimes: PATHS.map((rate) => narrow(rate)),
    encoder: { bitrate_kbps: 2_500, max_bitrate_kbps: 6_000 },
    latency: LATENCY,
    port,
  });
  await stream.measure(RISING);
  const { packets } = await stream.measure(MEASURED);
  const capacity = PATHS.reduce((sum, rate) => sum + rate, 0);
  return packets * 188 * 8_000 / MEASURED / capacity;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
