/**
 * How strongly the two motors of a pad turn. Without schemas: source threads load it.
 *
 * @module
 */

/** The large motor and the small one, 0 to 255. */
export interface Motors {
  readonly strong: number;
  readonly weak: number;
}

/** Motors that stand still. */
export const STILL: Motors = { strong: 0, weak: 0 };

/** Whether a motor turns. */
export function turns({ strong, weak }: Motors): boolean {
  return strong > 0 || weak > 0;
}
