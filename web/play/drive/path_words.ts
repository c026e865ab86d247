/**
 * The words of the network paths of a vehicle: state, figures, radio. Pure.
 *
 * @module
 */
import type { VehiclePath } from "../../../protocol/control/vehicle_paths.ts";
import { type Bars, percentBars, signalBars } from "../../../protocol/field/signal_bars.ts";
import { formatBitrate, formatMillis, formatPercent, type Status } from "../../shared/format.ts";
import { STALE_AFTER } from "./vehicle_watch.ts";
import { ageWord } from "./words.ts";

/** The levels of radios are read every 15 s; they are stale after this, in milliseconds. */
const STALE_SIGNAL = 30_000;

/** What a page says of a path. */
export interface PathWords {
  readonly name: string;
  readonly status: Status;
  readonly state: string;
  /** For how long it has been down, degraded or probed; absent for others. */
  readonly since?: string;
  readonly trip: string;
  readonly loss: string;
  readonly capacity: string | undefined;
  readonly age: string;
  readonly isStale: boolean;
  /** Absent: the interface has no radio, or nothing is known of it. */
  readonly signal?: {
    readonly bars: Bars;
    readonly text: string;
    readonly age: string;
    readonly isStale: boolean;
  };
}

const STATES: Readonly<Record<VehiclePath["state"], readonly [word: string, status: Status]>> = {
  Init: ["starting", "off"],
  Probe: ["probing", "attention"],
  Warm: ["warming up", "live"],
  Live: ["live", "live"],
  Degrade: ["degraded", "attention"],
  Cooldown: ["down", "lost"],
};

/** The words of a path that was described `later` milliseconds ago. */
export function pathWords(path: VehiclePath, later: number): PathWords {
  const [state, status] = STATES[path.state];
  const isFailing = status === "lost" || status === "attention";
  const since = path.state_ms === undefined ? undefined : path.state_ms + later;
  const age = path.age_ms + later;
  return {
    ...{ name: path.interface, state, status },
    ...(isFailing && since !== undefined && { since: `for ${lengthWord(since)}` }),
    trip: formatMillis(path.rtt_ms),
    loss: `${formatPercent(path.loss_rate)} loss`,
    // A path that was never strained carries more than is known.
    capacity: path.capacity_kbps === undefined
      ? undefined
      : formatBitrate(path.capacity_kbps * 1_000),
    ...{ age: ageWord(age), isStale: age > STALE_AFTER },
    ...signalWords(path.signal, later),
  };
}

/** A length in milliseconds, of a second at least: `7 s`, `3 min`. */
function lengthWord(ms: number): string {
  return ageWord(Math.max(1_500, ms));
}

function signalWords(
  signal: VehiclePath["signal"],
  later: number,
): Pick<PathWords, "signal"> {
  if (!signal) return {};
  const { dbm, percent } = signal;
  const age = signal.age_ms + later;
  const bars = dbm !== undefined ? signalBars(dbm) : percentBars(percent ?? 0);
  const text = dbm !== undefined
    ? `${String(Math.round(dbm)).replace("-", "−")}\u202fdBm`
    : `${Math.round(percent ?? 0)}\u202f%`;
  return { signal: { bars, text, age: ageWord(age), isStale: age > STALE_SIGNAL } };
}
