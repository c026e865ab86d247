/**
 * Keeps the resume token over a reload. The page stores the token when it is left and removes it when it is shown
 * again: a duplicated tab copies the storage, and must not take the session over.
 *
 * @module
 */
import type { TokenStore } from "./connection.ts";

const KEY = "farpad.resume";

/**
 * Creates a token store in `storage`, the session storage of the tab; `page` gives `pagehide` and `pageshow`.
 */
export function createTokenStore(storage: Storage, page: EventTarget): TokenStore {
  let token: string | undefined;
  page.addEventListener("pagehide", () => {
    if (token !== undefined) storage.setItem(KEY, token);
  });
  page.addEventListener("pageshow", () => storage.removeItem(KEY));
  return {
    take() {
      const stored = storage.getItem(KEY) ?? undefined;
      storage.removeItem(KEY);
      return stored;
    },
    keep(next) {
      token = next;
    },
  };
}
