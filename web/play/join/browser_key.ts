/**
 * The secret that stands for this browser: rooms and saves of a person without an account belong to it.
 *
 * @module
 */
import { type Random, randomHex } from "../../../protocol/random.ts";

const KEY = "farpad.browser";

/** The key that this browser keeps; a new one, for this page alone, where nothing can be kept. */
export function browserKey(
  storage: () => Pick<Storage, "getItem" | "setItem">,
  random: Random,
): string {
  const fresh = randomHex(random, 32);
  try {
    const kept = storage().getItem(KEY);
    if (kept !== null && /^[0-9a-f]{32,}$/.test(kept)) return kept;
    storage().setItem(KEY, fresh);
  } catch {
    // Storage is switched off: the key lasts as long as the page.
  }
  return fresh;
}
