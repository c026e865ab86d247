/**
 * Waits for work that does not depend on the clock: promises, cryptography, the store.
 *
 * @module
 */
export function settle(): Promise<void> {
  return new Promise((done) => setTimeout(done, 0));
}
