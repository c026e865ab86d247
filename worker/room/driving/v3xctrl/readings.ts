/**
 * What a v3xctrl streamer measures, as readings. Its battery is in millivolts, its speed in km/h; what it does not
 * measure has a value that stands for that.
 *
 * @module
 */
import * as z from "zod/mini";
import { type ReadingName, READINGS, type Readings } from "../../../../protocol/control/vehicle.ts";

const group = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.catch(z.optional(z.object(shape)), undefined);
const number = z.catch(z.optional(z.number()), undefined);

const Telemetry = z.object({
  bat: group({ vol: number, pct: number }),
  loc: group({ lat: number, lng: number, fix_type: number, speed: number }),
  sig: group({ rsrp: number }),
});

/** Kinds of fix: none, in two dimensions, in three, and in three with dead reckoning. */
const FIXES: Readonly<Record<number, number>> = { 0: 0, 2: 2, 3: 3, 4: 3 };
/** Reports of signal above this are none. */
const STRONGEST_DBM = -20;

/** Reads a report; what is missing, not measured or out of range is left out. */
export function readV3xctrl(payload: Readonly<Record<string, unknown>>): Readings {
  const { bat, loc, sig } = Telemetry.parse(payload);
  const fix = loc?.fix_type === undefined ? undefined : FIXES[loc.fix_type];
  const isPlaced = fix !== undefined && fix >= 2;
  const hasBattery = bat?.vol !== undefined && bat.vol > 0;
  const hasSignal = sig?.rsrp !== undefined && sig.rsrp < STRONGEST_DBM;
  const values: Partial<Record<ReadingName, number | undefined>> = {
    ...(hasBattery && { battery_v: bat.vol! / 1000, battery_percent: bat.pct }),
    gps_fix: fix,
    ...(isPlaced && { lat: loc!.lat, lon: loc!.lng }),
    ...(isPlaced && loc!.speed !== undefined && { speed_mps: loc!.speed / 3.6 }),
    ...(hasSignal && { signal_dbm: sig.rsrp }),
  };
  const known = Object.entries(values).flatMap(([name, value]) => {
    const { data } = READINGS[name as ReadingName].safeParse(value);
    return data === undefined ? [] : [[name, { value: data, age_ms: 0 }]];
  });
  return Object.fromEntries(known);
}
