/**
 * What a vehicle reported during a recording, by the time in it. Pure.
 *
 * @module
 */
import { readVehicleView, type VehicleView } from "../../protocol/control/vehicle.ts";

/** What the vehicle's viewers were shown at a moment of the recording. */
export interface ReplaySample {
  /** In milliseconds of the recording. */
  readonly t: number;
  readonly view: VehicleView;
}

/** A sample older than this says nothing of the moment, in milliseconds. */
const STALE = 2_000;

/** Reads the lines of a recording's file; a line that cannot be read, such as one that was cut off, is left out. */
export function readSamples(text: string): ReplaySample[] {
  return text.split("\n").flatMap((line) => {
    try {
      const { t, ...payload } = JSON.parse(line) as Record<string, unknown>;
      const view = readVehicleView(payload);
      return typeof t === "number" && view ? [{ t, view }] : [];
    } catch {
      return [];
    }
  }).sort((a, b) => a.t - b.t);
}

/** The index of the newest sample at a time; -1 when there is none. */
export function indexAt(samples: readonly ReplaySample[], t: number): number {
  let [first, end] = [0, samples.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (samples[middle]!.t <= t) first = middle + 1;
    else end = middle;
  }
  return first - 1;
}

/** What the vehicle reported at a time; `undefined` when nothing was reported near it. */
export function viewAt(samples: readonly ReplaySample[], t: number): VehicleView | undefined {
  const sample = samples[indexAt(samples, t)];
  return sample && t - sample.t <= STALE ? sample.view : undefined;
}

/** Where the vehicle was up to a time, newest last: at most `most` positions, evenly left out. */
export function positionsUntil(
  samples: readonly ReplaySample[],
  { t, most = 300 }: { readonly t: number; readonly most?: number },
): { readonly lat: number; readonly lon: number }[] {
  const past = samples.slice(0, indexAt(samples, t) + 1);
  const step = Math.max(1, Math.ceil(past.length / most));
  return past.filter((_, n) => (past.length - 1 - n) % step === 0).flatMap(({ view }) => {
    const { lat, lon } = view.readings;
    return lat && lon ? [{ lat: lat.value, lon: lon.value }] : [];
  });
}
