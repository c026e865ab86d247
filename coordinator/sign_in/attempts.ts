/**
 * Limits guesses at passwords, so that the guesses of others lock nobody out:
 *
 * - A browser that signed in to the account before has a limit of its own and passes the others by.
 * - An address prefix is refused beyond its limit; attempts that succeed do not count.
 * - An account is never closed: beyond its limit each attempt waits for its turn.
 *
 * @module
 */
import { type Clock, sleep } from "../../protocol/clock.ts";
import { addressPrefix } from "../listen/address_prefix.ts";
import { type Refused, refused } from "../refusals.ts";
import type { Lane } from "../secrets/password_queue.ts";
import { createRateLimit } from "../accounts/rate_limit.ts";

/** Attempts from one address prefix: twenty, then ten a minute. */
const PER_PREFIX = { perSecond: 1 / 6, burst: 20 };
/** Attempts at one account by unknown browsers: twenty, then one every three seconds. */
const PER_ACCOUNT = { perSecond: 1 / 3, burst: 20 };
/** Attempts by one known browser or one signed-in user: ten, then ten a minute. */
const PER_OWN = { perSecond: 1 / 6, burst: 10 };
/** Codes of a second factor tried by one known browser, or by unknown browsers together: five, then one a minute. */
const PER_CODE = { perSecond: 1 / 60, burst: 5 };

/** How long an attempt at an account waits for its turn at most, in milliseconds. A page waits 30 s for an answer. */
export const LONGEST_DELAY = 15_000;
/** How many attempts wait at once, over all accounts; more are refused. */
const MAX_WAITING = 128;

/** One attempt to sign in. */
export interface Attempt {
  /** The email that was given, whether or not it has an account. */
  readonly email: string;
  readonly address: string;
  /** The id of the browser, when it signed in to this account before. */
  readonly browser?: string | undefined;
}

/** An attempt whose password may be checked. */
export interface AdmittedAttempt {
  readonly lane: Lane;
  /** Uncounts the attempt: it succeeded, or its password was not checked. */
  forgive(): void;
}

/** The limits on attempts. */
export type Attempts = ReturnType<typeof createAttempts>;

/** Creates full limits. */
export function createAttempts(clock: Clock) {
  const prefixes = createRateLimit(clock, PER_PREFIX);
  const accounts = createRateLimit(clock, PER_ACCOUNT);
  const own = createRateLimit(clock, PER_OWN);
  const codes = createRateLimit(clock, PER_CODE);
  let waiting = 0;

  /** Counts an attempt from this address; refuses it when its prefix made too many. */
  function admitAddress(address: string): Refused | undefined {
    const prefix = addressPrefix(address);
    const { taken, wait } = prefixes.reserve(prefix, 0);
    return taken ? undefined : tooMany(`from ${prefix}`, wait);
  }

  return {
    admitAddress,

    /** Uncounts an attempt from this address that succeeded. */
    forgiveAddress: (address: string) => prefixes.giveBack(addressPrefix(address)),

    /** Counts an attempt to sign in. Resolves when its password may be checked, or with a refusal. */
    async admit({ email, address, browser }: Attempt): Promise<Refused | AdmittedAttempt> {
      if (browser !== undefined && own.take(browser)) {
        return { lane: "known", forgive: () => own.giveBack(browser) };
      }
      const refusal = admitAddress(address);
      if (refusal) return refusal;
      const { taken, wait } = accounts.reserve(email, waiting < MAX_WAITING ? LONGEST_DELAY : 0);
      if (!taken) return tooMany(`for ${email}`, wait);
      if (wait > 0) {
        waiting += 1;
        await sleep(clock, wait);
        waiting -= 1;
      }
      const forgive = () => {
        prefixes.giveBack(addressPrefix(address));
        accounts.giveBack(email);
      };
      return { lane: "other", forgive };
    },

    /** Counts a code of a second factor; `key`: the known browser, or the user. */
    admitCode(key: string): Refused | undefined {
      const { taken, wait } = codes.reserve(key, 0);
      return taken ? undefined : tooMany("with wrong codes", wait);
    },

    /** Uncounts a code that was right. */
    forgiveCode: (key: string) => codes.giveBack(key),

    /** Counts an attempt that a signed-in user makes at the own account. */
    admitOwn(userId: string): Refused | undefined {
      const { taken, wait } = own.reserve(userId, 0);
      return taken ? undefined : tooMany("for your account", wait);
    },
  };
}

/** The refusal of an attempt that could be made again in `wait` milliseconds. */
function tooMany(what: string, wait: number): Refused {
  const retryAfter = Math.max(1, Math.ceil(wait / 1000));
  const text = `Cannot check this: too many attempts ${what}. Try again in ${retryAfter} s`;
  return refused("rate", text, { retryAfter });
}
