/**
 * What the simulated car's instruments show, by the names of a vehicle's readings.
 *
 * @module
 */
import type { ReadingName } from "../../protocol/control/vehicle.ts";
import { type Car, chargeOf } from "./drive.ts";
import { ORIGIN } from "./track.ts";

/** Volts of the battery without load, empty and full, and its resistance in ohms. */
const EMPTY = 42;
const FULL = 54;
const RESISTANCE = 0.05;
/** Metres of one degree of latitude. */
const DEGREE = 111_320;
/** Height of the island above the sea, in metres. */
const ALTITUDE = 4;
/** A position with its height. */
const FULL_FIX = 3;

/** The readings at one moment. */
export function readingsOf(car: Car): Partial<Record<ReadingName, number>> {
  const { motion, watts, temperature } = car;
  const charge = chargeOf(car);
  const open = EMPTY + (FULL - EMPTY) * charge;
  const east = DEGREE * Math.cos(ORIGIN.lat * Math.PI / 180);
  const heading = 90 - motion.heading * 180 / Math.PI;
  return {
    battery_v: rounded(open - watts / open * RESISTANCE, 2),
    battery_percent: rounded(charge * 100, 1),
    speed_mps: rounded(motion.forward, 2),
    heading_deg: rounded((heading + 360) % 360, 1),
    lat: rounded(ORIGIN.lat + motion.y / DEGREE, 7),
    lon: rounded(ORIGIN.lon + motion.x / east, 7),
    altitude_m: ALTITUDE,
    gps_fix: FULL_FIX,
    temperature_c: rounded(temperature, 1),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
