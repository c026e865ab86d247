/**
 * What one direction of a network does to packets, and how that changes over time.
 *
 * @module
 */

/** The state of one direction. A field that is absent impairs nothing. */
export interface Conditions {
  /** Share of packets lost, each independent of the others, 0 … 1. */
  readonly loss?: number;
  /** Losses in bursts, by the Gilbert model. */
  readonly burst?: {
    /** Share of packets lost in the long run, 0 … 1 exclusive. */
    readonly share: number;
    /** Mean number of packets of a burst, at least 1. */
    readonly length: number;
  };
  /** Time on the way, after the queue, in milliseconds. */
  readonly delayMs?: number;
  /** The delay of each packet varies by up to this much both ways, evenly distributed; never below zero. */
  readonly jitterMs?: number;
  /** Whether jitter lets packets overtake each other. Otherwise one that would overtake arrives with the one before. */
  readonly jitterReorders?: boolean;
  /** Share of packets that arrive `byMs` later than their delay, so that others overtake them. */
  readonly reorder?: { readonly share: number; readonly byMs: number };
  /** Share of packets that arrive twice. */
  readonly duplicate?: number;
  /** The bottleneck, a token bucket with a queue before it. */
  readonly bottleneck?: {
    /** Bits a second, with {@linkcode HEADER_BYTES} counted for each packet. */
    readonly rate: number;
    /** A packet that would wait longer than this in the queue is dropped (drop-tail), in milliseconds. */
    readonly queueMs: number;
    /** Bytes that pass at once after a pause. Zero: packets leave one after the other, each as long as it takes. */
    readonly bucketBytes?: number;
  };
  /** Nothing passes: what enters, and what would leave or arrive, is lost. */
  readonly blackout?: boolean;
}

/** Conditions that follow each other. After the last phase they begin again, or the last phase stays. */
export interface Script {
  /** At least one. `lastsMs` of the last phase counts only when the script repeats. */
  readonly phases: readonly { readonly lastsMs: number; readonly conditions: Conditions }[];
  readonly repeats?: boolean;
}

/** IPv4 and UDP headers of a packet, in bytes (RFC 791 §3.1, RFC 768). */
export const HEADER_BYTES = 28;

/** Phases that end within this many milliseconds count as ended: sums of fractions are not exact. */
const TOLERANCE_MS = 1e-6;

/** A script of conditions that stay. */
export function always(conditions: Conditions): Script {
  return { phases: [{ lastsMs: Infinity, conditions }] };
}

/** The conditions `elapsed` milliseconds after a script began, and how long they last from then on. */
export function phaseAt(
  { phases, repeats = false }: Script,
  elapsed: number,
): { readonly conditions: Conditions; readonly remainingMs: number } {
  const period = phases.reduce((sum, { lastsMs }) => sum + lastsMs, 0);
  let left = repeats && Number.isFinite(period) ? elapsed % period : elapsed;
  for (const { lastsMs, conditions } of phases) {
    if (left < lastsMs - TOLERANCE_MS) return { conditions, remainingMs: lastsMs - left };
    left = Math.max(0, left - lastsMs);
  }
  return { conditions: phases.at(-1)!.conditions, remainingMs: Infinity };
}

/** Bits that the bottleneck passes between two instants after the script began; infinite without a bottleneck. */
export function capacity(script: Script, from: number, to: number): number {
  let bits = 0;
  for (let at = from; at < to;) {
    const { conditions, remainingMs } = phaseAt(script, at);
    const lasts = Math.min(remainingMs, to - at);
    if (!conditions.blackout) bits += (conditions.bottleneck?.rate ?? Infinity) * lasts / 1000;
    at += lasts;
  }
  return bits;
}
