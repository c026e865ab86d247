/**
 * How loud a block of samples is, for a meter.
 *
 * @module
 */

/** What counts as silence, in decibels of the full scale. */
const SILENCE = -54;
/** What fills the meter. */
const LOUD = -12;

/** The level of samples between -1 and 1: 0 is silence, 1 a full meter. */
export function levelOf(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.min(1, Math.max(0, (decibels - SILENCE) / (LOUD - SILENCE)));
}
