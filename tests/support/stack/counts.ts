/**
 * The places, sessions and rooms of a running coordinator, by its REST and its metrics.
 *
 * @module
 */
import { until } from "../media/werift_browser.ts";

export interface Counts {
  /** Free places of the workers, from the list of workers for players. */
  readonly free: number;
  readonly sessions: number;
  readonly rooms: number;
  /** Free places, from the metrics. */
  readonly counted: number;
}

export async function readCounts(url: string): Promise<Counts> {
  const { workers } = await (await fetch(`${url}/api/workers`)).json();
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, "gm"))]
      .reduce((total, [, value]) => total + Number(value), 0);
  return {
    free: workers.reduce(
      (total: number, each: { free_places: number }) => total + each.free_places,
      0,
    ),
    sessions: sum("farpad_sessions"),
    rooms: sum("farpad_rooms"),
    counted: sum("farpad_places_free"),
  };
}

/** Waits until the counts are these. @throws {Error} with the counts that were found. */
export async function untilCounts(url: string, wanted: Partial<Counts>): Promise<void> {
  let found: Counts | undefined;
  const fits = () =>
    found !== undefined &&
    Object.entries(wanted).every(([key, value]) => found![key as keyof Counts] === value);
  const reading = setInterval(async () => void (found = await readCounts(url)), 100);
  try {
    await until(fits);
  } catch {
    throw new Error(`The counts are ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  } finally {
    clearInterval(reading);
  }
}
