/**
 * Figures together with the moment at which they were measured. A page shows such figures only with that moment, so
 * an old figure is never shown as a present one.
 *
 * @module
 */
import * as z from "zod/mini";

/** Figures of one measurement. `at`: when they were received, in the coordinator's milliseconds since 1970. */
export interface Measured {
  readonly at: number;
}

/** The schema of figures that were measured together. */
export function measured<S extends Record<string, z.ZodMiniType>>(figures: S) {
  return z.extend(z.object({ at: z.number() }), figures);
}
