/**
 * One random schedule for the property tests of datagram links: a path with chance conditions, and batches of chance
 * sizes that both ends send at chance times.
 *
 * @module
 */
import { SeededRandom } from "../../fakes/random.ts";
import type { Conditions } from "./network.ts";
import { SealedPair } from "./sealed_pair.ts";

/** What came of a schedule. */
export interface Outcome {
  readonly conditions: Conditions;
  /** Batches that were sent and received, each as text, by their sender. */
  readonly sent: Readonly<Record<"device" | "worker", readonly string[]>>;
  readonly received: Readonly<Record<"device" | "worker", readonly string[]>>;
  readonly ends: readonly string[];
  /** The most bytes that an end held to send. */
  readonly held: number;
  /** Virtual milliseconds until everything had arrived. */
  readonly took: number;
}

const LIMIT = 600_000;

/** Runs the schedule of this seed. */
export function runSchedule(seed: number): Outcome {
  const chance = new SeededRandom(seed * 2_654_435_761);
  const between = (low: number, high: number) => Math.floor(low + chance.unit() * (high - low));
  const conditions: Conditions = {
    loss: chance.unit() * 0.4,
    duplication: chance.unit() * 0.3,
    delay: between(1, 150),
    jitter: between(0, 200),
    mtu: chance.unit() < 0.3 ? between(560, 1_200) : 1_472,
  };
  // On such paths ten pings in a row may well be lost.
  const options = { connectionTimeout: 60_000, pingPacketCount: 60, maxAttempts: 100 };
  const pair = new SealedPair({ seed: between(1, 2 ** 31), conditions, options }).open();
  const sent = { device: [] as string[], worker: [] as string[] };
  let held = 0;
  const send = (end: "device" | "worker") => {
    const size = chance.unit() < 0.2 ? between(2_000, 12_000) : between(0, 1_500);
    const batch = new Uint8Array(size);
    for (let at = 0; at < size; at++) batch[at] = at * 31 + sent[end].length;
    const refusal = pair[end].link.send(batch, pair.now);
    if (!refusal) sent[end].push(textOf(batch));
    held = Math.max(held, pair[end].link.stats.heldBytes);
  };
  const count = between(2, 14);
  for (let n = 0; n < count; n++) {
    send(chance.unit() < 0.5 ? "device" : "worker");
    pair.run(between(0, 300));
  }
  const isDone = () =>
    pair.worker.batches.length === sent.device.length &&
    pair.device.batches.length === sent.worker.length;
  pair.run(LIMIT, isDone);
  return {
    conditions,
    sent,
    received: {
      device: pair.worker.batches.map(textOf),
      worker: pair.device.batches.map(textOf),
    },
    ends: [...pair.device.ends, ...pair.worker.ends],
    held,
    took: pair.now,
  };
}

function textOf(batch: Uint8Array): string {
  let sum = 0;
  for (const byte of batch) sum = (sum * 33 + byte) >>> 0;
  return `${batch.length}:${sum}`;
}
