/**
 * What the links themselves do with packets of an even bitrate, in the regimes of the relay: packets that never came,
 * the time from sending to receiving, and the processor time of both ends together in percent of one core.
 *
 * A bonded link has two paths of the same regime. `path_dies`: 4 Mbit/s over two paths, one of which is dead from the
 * third second on. `uneven`: 4 Mbit/s over paths of 1.5 and 4 Mbit/s.
 *
 * @module
 */
import { processorSeconds } from "../../support/endurance/process_tree.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import {
  type FromLinkSink,
  type FromLinkSource,
  startChild,
} from "../../support/field/children.ts";
import { always, type Conditions } from "../../support/relay/conditions.ts";
import { clear, lossy, LTE_GOOD, LTE_POOR, type Regime } from "../../support/relay/regimes.ts";
import { Relay } from "../../support/relay/relay.ts";

const [SECRET, LATENCY] = ["0123456789abcdef", 200] as const;
/** Bits a second, and milliseconds. */
const [BITRATE, LASTS] = [2_500_000, 6_000] as const;
const [HEAVY, LONG, DIES_AFTER] = [4_000_000, 12_000, 3_000] as const;

/** Up and down changed over: the regimes speak of a browser that receives. */
const upward = ({ up, down }: Regime): Regime => ({ up: down, down: up });

const REGIMES: Readonly<Record<string, Regime>> = {
  clear: clear(50),
  lossy: lossy(0.03, 50),
  lte_good: upward(LTE_GOOD),
  lte_poor: upward(LTE_POOR),
};
const LINKS: Readonly<Record<string, { readonly scheme: "srt" | "rist"; readonly paths: number }>> =
  {
    srt: { scheme: "srt", paths: 1 },
    rist_single: { scheme: "rist", paths: 1 },
    rist_bonded: { scheme: "rist", paths: 2 },
  };

interface Outcome {
  readonly lostPercent: number;
  readonly p50: number;
  readonly p95: number;
  readonly cpuPercent: number;
}

/** Measures every link in every regime, or in those that are named, and bonded links in their special ones. */
export async function linkTransport(names: readonly string[]): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const isWanted = (name: string) => names.length === 0 || names.includes(name);
  for (const [regime, conditions] of Object.entries(REGIMES).filter(([name]) => isWanted(name))) {
    for (const [name, { scheme, paths }] of Object.entries(LINKS)) {
      const regimes = Array<Regime>(paths).fill(conditions);
      const outcome = await transport(scheme, regimes, { bitrate: BITRATE, ms: LASTS });
      const key = `${name}_${regime}`;
      figures[`${key}_lost_percent`] = rounded(outcome.lostPercent, 3);
      figures[`${key}_latency_ms_p50`] = rounded(outcome.p50, 1);
      figures[`${key}_latency_ms_p95`] = rounded(outcome.p95, 1);
      figures[`${key}_cpu_percent`] = rounded(outcome.cpuPercent, 1);
    }
  }
  if (isWanted("path_dies")) {
    const dead = { up: always({ blackout: true }), down: always({ blackout: true }) };
    const { lostPercent } = await transport("rist", [clear(20), clear(50)], {
      ...{ bitrate: HEAVY, ms: LONG },
      then: { afterMs: DIES_AFTER, regime: dead },
    });
    figures["bonded_path_dies_lost_percent"] = rounded(lostPercent, 3);
  }
  if (isWanted("uneven")) {
    const regimes = [narrow(15, 1_500_000), narrow(25, 4_000_000)];
    const { lostPercent } = await transport("rist", regimes, { bitrate: HEAVY, ms: LONG });
    figures["bonded_uneven_lost_percent"] = rounded(lostPercent, 3);
  }
  return figures;
}

/** A path with a bottleneck up, of a home router's queue. */
export function narrow(delayMs: number, rate: number): Regime {
  const path: Conditions = { delayMs };
  return { up: always({ ...path, bottleneck: { rate, queueMs: 300 } }), down: always(path) };
}

let port = 17_900;

async function transport(
  scheme: "srt" | "rist",
  regimes: readonly Regime[],
  { bitrate, ms, then }: {
    readonly bitrate: number;
    readonly ms: number;
    /** What becomes of the first path, this long after the start. */
    readonly then?: { readonly afterMs: number; readonly regime: Regime };
  },
): Promise<Outcome> {
  const ports = regimes.map(() => port += 2);
  using sink = startChild<FromLinkSink>("../links/sink_main.ts", [
    ...[scheme, SECRET, String(LATENCY), "127.0.0.1", ...ports.map(String)],
  ]);
  await sink.until("a bound port", (all) => all.find(({ type }) => type === "bound"));
  using relays = new DisposableStack();
  const path = regimes.map((regime, index) =>
    relays.use(new Relay({ clock: systemClock, regime, seed: 5 + index }))
  );
  const fronts = await Promise.all(
    path.map((relay, index) => relay.front({ host: "127.0.0.1", port: ports[index]! })),
  );
  using source = startChild<FromLinkSource>("../links/source_main.ts", [
    ...[SECRET, String(LATENCY), String(bitrate), String(ms)],
    ...fronts.map((front) => `${scheme}://127.0.0.1:${front}`),
  ]);
  await sink.until(
    "a packet",
    (all) => all.some((each) => each.type === "count" && each.count > 0) || undefined,
  );
  const pids = [sink.pid, source.pid];
  const used = () => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
  const before = { at: performance.now(), used: used() };
  if (then) {
    await sleep(systemClock, then.afterMs);
    path[0]!.change(then.regime);
  }
  const { sent } = await source.until("all packets", (all) => all[0]);
  const cpuPercent = 100_000 * (used() - before.used) / (performance.now() - before.at);
  await sleep(systemClock, LATENCY + 500);
  const count = sink.received.findLast((each) => each.type === "count");
  if (count?.type !== "count") throw new Error("The receiving end reported nothing");
  return { lostPercent: 100 * (sent - count.count) / sent, ...count.waits, cpuPercent };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
