/**
 * Measures the round trip to each worker: a few requests to its ping address, all workers at once.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { WorkerId } from "../../../protocol/ids.ts";
import { PING_LIMIT, PING_SAMPLES, type WorkerChoice } from "../../../protocol/legs/user_leg.ts";
import type * as z from "zod/mini";
import { placed } from "../../shared/place.ts";

/** A worker that the person can choose. */
export type Choice = z.infer<typeof WorkerChoice>;

/** Fetches a ping address. @throws when it does not answer, or the signal is aborted. */
export type Ping = (url: string, signal: AbortSignal) => Promise<unknown>;

/** The round trips measured to one worker. */
export interface PingResult {
  readonly worker_id: WorkerId;
  /** Milliseconds of each round trip in the order measured; empty when none came back. */
  readonly samples_ms: number[];
}

/** Measures all workers at the same time. An address that does not answer delays the result by its limit at most. */
export function measureWorkers(
  workers: readonly Choice[],
  { clock, ping }: { readonly clock: Clock; readonly ping: Ping },
): Promise<PingResult[]> {
  return Promise.all(workers.map(async ({ worker_id, ping_url }) => ({
    worker_id,
    samples_ms: ping_url === undefined ? [] : await measure(ping_url, { clock, ping }),
  })));
}

async function measure(
  url: string,
  { clock, ping }: { readonly clock: Clock; readonly ping: Ping },
): Promise<number[]> {
  const samples: number[] = [];
  const stop = new AbortController();
  const stopped = new Promise<"stopped">((resolve) =>
    stop.signal.addEventListener("abort", () => resolve("stopped"))
  );
  using _limit = clock.after(PING_LIMIT, () => stop.abort());
  while (samples.length < PING_SAMPLES && !stop.signal.aborted) {
    const sent = clock.now();
    const answered = ping(url, stop.signal).then(() => "answered", () => "failed");
    if (await Promise.race([answered, stopped]) !== "answered") break;
    samples.push(clock.now() - sent);
  }
  return samples;
}

/** The median round trip without the first one, which includes the connection set-up. In milliseconds. */
export function typicalPing(samples: readonly number[]): number | undefined {
  const rest = (samples.length > 1 ? samples.slice(1) : samples).toSorted((a, b) => a - b);
  if (rest.length === 0) return undefined;
  const middle = (rest.length - 1) / 2;
  return (rest[Math.floor(middle)]! + rest[Math.ceil(middle)]!) / 2;
}

/** {@linkcode Ping} by `fetch`. Opaque, because only the time matters and a worker is another origin. */
export const fetchPing: Ping = (url, signal) =>
  fetch(placed(url), { mode: "no-cors", cache: "no-store", credentials: "omit", signal });
