/**
 * The bus of a single process: every listener is called before `publish` returns.
 *
 * @module
 */
import type { Bus } from "../ports.ts";

/** Creates a bus without listeners. */
export function createLocalBus<M>(): Bus<M> {
  const listeners = new Set<(message: M) => void>();
  return {
    publish(message) {
      for (const listener of [...listeners]) listener(message);
    },
    subscribe(listener) {
      // Two equal listeners are two subscriptions.
      const own = (message: M) => listener(message);
      listeners.add(own);
      return { [Symbol.dispose]: () => void listeners.delete(own) };
    },
  };
}
