/**
 * The secrets of a one-time link.
 *
 * @module
 */

/** Reads what a link has behind its `#`: browsers never send that part, so no log on the way holds it. */
export function linkSecrets(hash: string): { readonly token?: string } {
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}
