/**
 * The last ten minutes of one stream, two seconds a period, in rings of numbers: what is older is overwritten, and a
 * period keeps the newest report of each end. At most eight links are kept; those that appear later are left out.
 *
 * @module
 */
import type { LinkStats, StreamStats } from "../../protocol/field/device.ts";
import type { IngestStats } from "../../protocol/field/ingest.ts";
import type { StreamTrail } from "../../protocol/field/trail.ts";

/** The length of a period, in milliseconds. */
export const TRAIL_PERIOD = 2_000;
/** How many periods are kept. */
export const TRAIL_PERIODS = 300;
/** How many links are kept. */
export const TRAIL_LINKS = 8;

const SENT = ["encoder_kbps"] as const;
const RECEIVED = ["received_kbps", "received_fps", "received_loss"] as const;
const OF_LINK = ["kbps", "rtt_ms", "loss", "signal_dbm"] as const;
type Columns<N extends string> = Readonly<Record<N, Float32Array>>;

/** The figures of a stream's last minutes. Times in milliseconds since 1970. */
export class Trail {
  readonly #whole = columns([...SENT, ...RECEIVED]);
  readonly #links = new Map<string, Columns<typeof OF_LINK[number]>>();
  /** The first and the newest period with a report, counted since 1970. */
  #first: number | undefined;
  #newest = -Infinity;

  /** Adds a report of the device. One from before the last ten minutes changes nothing. */
  sent({ encoder_bitrate_kbps, links }: StreamStats, at: number): void {
    const place = this.#placeOf(at);
    if (place === undefined) return;
    this.#whole.encoder_kbps[place] = encoder_bitrate_kbps;
    for (const link of links) {
      const of = this.#link(link.interface);
      if (!of) continue;
      of.kbps[place] = kbpsOf(link);
      of.rtt_ms[place] = link.rtt_ms ?? NaN;
      of.loss[place] = link.loss_rate ?? NaN;
      of.signal_dbm[place] = link.signal_dbm ?? NaN;
    }
  }

  /** Adds a report of the worker. `loss`: the share of lost packets (0 … 1), if it is known. */
  received(
    { bitrate_kbps, framerate }: Pick<IngestStats, "bitrate_kbps" | "framerate">,
    { at, loss }: { readonly at: number; readonly loss: number | undefined },
  ): void {
    const place = this.#placeOf(at);
    if (place === undefined) return;
    this.#whole.received_kbps[place] = bitrate_kbps;
    this.#whole.received_fps[place] = framerate;
    this.#whole.received_loss[place] = loss ?? NaN;
  }

  /** The figures, the oldest period first; `undefined` without any. */
  read(): StreamTrail | undefined {
    if (this.#first === undefined) return undefined;
    const first = Math.max(this.#first, this.#newest - TRAIL_PERIODS + 1);
    const periods = Array.from({ length: this.#newest - first + 1 }, (_, n) => first + n);
    const row = (column: Float32Array, digits = 0) =>
      periods.map((period) => rounded(column[period % TRAIL_PERIODS]!, digits));
    const { encoder_kbps, received_kbps, received_fps, received_loss } = this.#whole;
    return {
      from: first * TRAIL_PERIOD,
      period_ms: TRAIL_PERIOD,
      encoder_kbps: row(encoder_kbps),
      received_kbps: row(received_kbps),
      received_fps: row(received_fps, 1),
      received_loss: row(received_loss, 4),
      links: [...this.#links].map(([name, of]) => ({
        interface: name,
        kbps: row(of.kbps),
        rtt_ms: row(of.rtt_ms),
        loss: row(of.loss, 4),
        signal_dbm: row(of.signal_dbm),
      })),
    };
  }

  /** The place of a moment in the rings; `undefined` when it is older than they are. */
  #placeOf(at: number): number | undefined {
    const period = Math.floor(at / TRAIL_PERIOD);
    if (period <= this.#newest - TRAIL_PERIODS) return undefined;
    this.#first = Math.min(this.#first ?? period, period);
    this.#clearUpTo(period);
    return period % TRAIL_PERIODS;
  }

  /** Clears the places of the periods that begin, which hold figures of ten minutes before. */
  #clearUpTo(period: number): void {
    const all = [this.#whole, ...this.#links.values()].flatMap((of) => Object.values(of));
    const from = Math.max(this.#newest + 1, period - TRAIL_PERIODS + 1);
    for (let each = from; each <= period; each++) {
      for (const column of all) column[each % TRAIL_PERIODS] = NaN;
    }
    this.#newest = Math.max(this.#newest, period);
  }

  #link(name: string): Columns<typeof OF_LINK[number]> | undefined {
    const known = this.#links.get(name);
    if (known || this.#links.size >= TRAIL_LINKS) return known;
    const added = columns(OF_LINK);
    this.#links.set(name, added);
    return added;
  }
}

function columns<N extends string>(names: readonly N[]): Columns<N> {
  const entries = names.map((name) => [name, new Float32Array(TRAIL_PERIODS).fill(NaN)]);
  return Object.fromEntries(entries) as Columns<N>;
}

function kbpsOf({ observed_bps }: LinkStats): number {
  return typeof observed_bps === "number" ? observed_bps / 1000 : NaN;
}

function rounded(value: number, digits: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toFixed(digits));
}
