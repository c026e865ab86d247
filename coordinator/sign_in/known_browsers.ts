/**
 * Recognises a browser that signed in to an account before, by a sealed cookie. It gives no access: it only keeps
 * the guesses of others from slowing this browser down (OWASP, "Slow Down Online Guessing Attacks with Device
 * Cookies").
 *
 * @module
 */
import type { UserId } from "../../protocol/ids.ts";
import { type Random, randomHex } from "../../protocol/random.ts";
import type { Sealer } from "../secrets/seal.ts";

/** How long a browser is recognised after it signed in, in milliseconds: the longest life of a cookie (RFC 6265bis §5.5). */
export const BROWSER_LIFETIME = 400 * 24 * 3_600_000;

/** What a cookie is sealed for. */
const PURPOSE = "known browser";

/** Makes and reads the cookies of known browsers. */
export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>;

/** Creates the reader of cookies that were sealed with this key. */
export function createKnownBrowsers({ sealer, random }: { sealer: Sealer; random: Random }) {
  /** The id of a browser that signed in as this user; `undefined` for every other cookie. */
  function read(cookie: string | undefined, userId: UserId): string | undefined {
    const [user, browser] = sealer.open(cookie ?? "", PURPOSE)?.split(" ") ?? [];
    return user === userId ? browser : undefined;
  }

  return {
    read,

    /** The cookie for a browser that signs in as this user. A browser that has one for this user keeps its id. */
    issue(userId: UserId, previous: string | undefined): string {
      const browser = read(previous, userId) ?? randomHex(random, 16);
      return sealer.seal(`${userId} ${browser}`, PURPOSE);
    },
  };
}
