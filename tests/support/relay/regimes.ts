/**
 * The networks that benchmarks and tests speak of, by name.
 *
 * @module
 */
import { always, type Conditions, type Script } from "./conditions.ts";

/** Both directions of a network. */
export interface Regime {
  /** From the worker to the browser. */
  readonly down: Script;
  /** From the browser to the worker. */
  readonly up: Script;
}

/** Queue before the bottlenecks below, in milliseconds. A home router's is of this order (RFC 8290 §1). */
const QUEUE_MS = 300;

/** No impairment but a round trip. */
export function clear(roundTripMs = 0): Regime {
  return both({ delayMs: roundTripMs / 2 });
}

/** Random loss of a share of packets, both ways. */
export function lossy(share: number, roundTripMs = 20): Regime {
  return both({ loss: share, delayMs: roundTripMs / 2 });
}

/** The same share lost in bursts of a mean length, in packets, both ways. */
export function bursty(share: number, length: number, roundTripMs = 20): Regime {
  return both({ burst: { share, length }, delayMs: roundTripMs / 2 });
}

/** Nothing passes for a time, once, beginning `afterMs` after the regime does; a round trip otherwise. */
export function blackout(
  lastsMs: number,
  { afterMs = 0, roundTripMs = 20 }: { readonly afterMs?: number; readonly roundTripMs?: number } =
    {},
): Regime {
  const conditions = { delayMs: roundTripMs / 2 };
  const script = {
    phases: [
      { lastsMs: afterMs, conditions },
      { lastsMs, conditions: { ...conditions, blackout: true } },
      { lastsMs: Infinity, conditions },
    ],
  };
  return { down: script, up: script };
}

/** A constant bitrate down, in bits a second, with a delay each way. */
export function narrow(rate: number, delayMs = 15): Regime {
  return {
    down: always({ delayMs, bottleneck: { rate, queueMs: QUEUE_MS } }),
    up: always({ delayMs }),
  };
}

/** 5.5 Mbit/s and 15 ms each way. */
export const FLAT: Regime = narrow(5_500_000);

/** 8 and 2.8 Mbit/s in turn, 4 s each, and 15 ms each way. */
export const OSCILLATING: Regime = {
  down: {
    phases: [8_000_000, 2_800_000].map((rate) => ({
      lastsMs: 4_000,
      conditions: { delayMs: 15, bottleneck: { rate, queueMs: QUEUE_MS } },
    })),
    repeats: true,
  },
  up: always({ delayMs: 15 }),
};

/** Each packet is late by up to `jitterMs` more or less, in order, without loss. */
export function jittery(jitterMs = 20, roundTripMs = 60): Regime {
  return both({ delayMs: roundTripMs / 2, jitterMs });
}

/**
 * A good LTE link: 6 Mbit/s, 18 ± 5 ms, 0.3 % loss in bursts of 1.2 packets. With {@linkcode LTE_POOR} from the presets
 * of a bonding simulator for tc-netem, whose correlation c of losses is a mean burst of 1 ÷ (1 − c) here.
 */
export const LTE_GOOD: Regime = lte({
  rate: 6_000_000,
  delayMs: 18,
  jitterMs: 5,
  burst: { share: 0.003, length: 1.2 },
});

/** A poor LTE link: 5 Mbit/s, 30 ± 15 ms, 2 % loss in bursts of 1.4 packets, 0.3 % of packets out of order. */
export const LTE_POOR: Regime = lte({
  rate: 5_000_000,
  delayMs: 30,
  jitterMs: 15,
  burst: { share: 0.02, length: 1.4 },
  reorder: { share: 0.003, byMs: 5 },
});

/** Mobile links have queues of 500 ms, and the way up has the same delay alone. */
function lte({ rate, ...down }: Conditions & { readonly rate: number }): Regime {
  const { delayMs = 0, jitterMs = 0 } = down;
  return {
    down: always({ ...down, bottleneck: { rate, queueMs: 500 } }),
    up: always({ delayMs, jitterMs }),
  };
}

function both(conditions: Conditions): Regime {
  return { down: always(conditions), up: always(conditions) };
}
