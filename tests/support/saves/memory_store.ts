/** Saves in memory. */
import type { SaveStore } from "../../../worker/saves/ports.ts";

/** An empty store, with its files. */
export function memoryStore(): SaveStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    put: (key, bytes) => Promise.resolve(void files.set(key, bytes.slice())),
    get: (key, { first } = {}) => Promise.resolve(files.get(key)?.slice(0, first)),
    list: (prefix) =>
      Promise.resolve(
        [...files].flatMap(([key, { length: size }]) =>
          key.startsWith(prefix) ? { key, size } : []
        ),
      ),
    remove: (key) => Promise.resolve(void files.delete(key)),
  };
}
