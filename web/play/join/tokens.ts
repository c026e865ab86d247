/**
 * The resume token over a reload. It is stored only while the page goes away and taken out when it comes back,
 * so that a duplicated tab, which copies the storage, does not take the session over.
 *
 * @module
 */
import type { TokenStore } from "./connection.ts";

const KEY = "farpad.resume";

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
