/**
 * Rights are read from the store while they may change. What was read before a change must not be applied after it:
 * whoever follows the change does not know yet of what is only being read.
 *
 * @module
 */

/** Repeats `read` until nothing changed while it was done. `changes`: how many changes of rights there have been. */
export async function asOfNow<T>(changes: () => number, read: () => Promise<T>): Promise<T> {
  for (;;) {
    const before = changes();
    const found = await read();
    if (changes() === before) return found;
  }
}
