/**
 * The newest readings of a vehicle by name, each with its time. Time is passed in.
 *
 * @module
 */
import type { Millis } from "../../protocol/clock.ts";
import {
  READING_NAMES,
  type ReadingName,
  READINGS,
  type Readings,
} from "../../protocol/control/vehicle.ts";

/** A reading is left out when it is older than this, in milliseconds. */
const KEPT = 60_000;

/** After this time without a program's reading the device's own counts, in milliseconds. */
const OWN_AFTER = 10_000;

interface Reading {
  readonly value: number;
  readonly at: Millis;
  readonly by: "program" | "device";
}

/** What a program on the device may write: readings by name. Other names are left out. */
export interface TakenReadings {
  /** How many were taken. */
  readonly taken: number;
  /** Names of readings whose values are out of range or no numbers. */
  readonly refused: readonly ReadingName[];
}

/** Holds the newest value of each reading. */
export class ReadingStore {
  readonly #newest = new Map<ReadingName, Reading>();

  /** Takes the readings of an object by their names. Those of the device itself replace no fresh one of a program. */
  take(
    values: Readonly<Record<string, unknown>>,
    now: Millis,
    by: Reading["by"] = "program",
  ): TakenReadings {
    const refused: ReadingName[] = [];
    let taken = 0;
    for (const name of READING_NAMES) {
      if (values[name] === undefined || values[name] === null) continue;
      const { data: value } = READINGS[name].safeParse(values[name]);
      if (value === undefined) {
        refused.push(name);
        continue;
      }
      taken++;
      const last = this.#newest.get(name);
      const isKept = by === "device" && last?.by === "program" && now - last.at < OWN_AFTER;
      if (!isKept) this.#newest.set(name, { value, at: now, by });
    }
    return { taken, refused };
  }

  /** The readings with their ages. */
  at(now: Millis): Readings {
    const fresh = [...this.#newest].filter(([, { at }]) => now - at <= KEPT);
    return Object.fromEntries(
      fresh.map(([name, { value, at }]) => [name, { value, age_ms: Math.round(now - at) }]),
    );
  }
}
