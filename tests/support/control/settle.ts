/**
 * Waits for everything that does not wait for the clock: promises, cryptography, the store.
 *
 * @module
 */
export function settle(): Promise<void> {
  return new Promise((done) => setTimeout(done, 0));
}
