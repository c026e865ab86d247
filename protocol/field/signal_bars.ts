/**
 * The strength of a radio signal in the bars of a telephone.
 *
 * @module
 */

/** 0 to 4 bars. */
export type Bars = 0 | 1 | 2 | 3 | 4;

/** Bars by received power in dBm: a telephone's usual steps. */
export function signalBars(dbm: number): Bars {
  if (dbm >= -70) return 4;
  if (dbm >= -85) return 3;
  if (dbm >= -100) return 2;
  return dbm >= -110 ? 1 : 0;
}

/** Bars by a modem's own measure, 0 to 100. */
export function percentBars(percent: number): Bars {
  if (percent >= 75) return 4;
  if (percent >= 50) return 3;
  if (percent >= 25) return 2;
  return percent > 5 ? 1 : 0;
}
