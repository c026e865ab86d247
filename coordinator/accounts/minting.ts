/**
 * Limits on secrets that a user makes for others: enrolment tokens, API tokens, invitations, share links. Each is a row
 * of the store and an entry of the audit log, so that one account could fill the disk.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Refused, refused } from "../refusals.ts";
import type { Caller } from "./caller.ts";
import { createRateLimit } from "./rate_limit.ts";

/** How many secrets a user may make: a fleet of thousands of devices is enrolled in one go. */
export const MINTED_BY_USER = { perSecond: 1, burst: 5_000 };

/** Most rows of each kind; a fleet counts what has not ended. */
export const KEPT_OF_FLEET = {
  /** Devices, without those that were decommissioned. */
  senders: 20_000,
  /** Devices among them that no box has enrolled as yet. */
  invited: 5_000,
  destinations: 500,
  presets: 200,
  links: 1_000,
} as const;
/** Invitations of one user that wait to be accepted. */
export const INVITATIONS_OF_USER = 200;

/** Counts the secrets that users make. */
export interface Minting {
  /** Counts one that this caller wants to make; a refusal when there were too many lately. */
  take(caller: Pick<Caller, "user">): Refused | undefined;
}

/** Creates the counter. */
export function createMinting(clock: Clock): Minting {
  const limit = createRateLimit(clock, MINTED_BY_USER);
  return {
    take({ user }) {
      if (limit.take(user.user_id)) return undefined;
      const { burst } = MINTED_BY_USER;
      return refused(
        "rate",
        `Cannot make another token or link: ${user.email} made ${burst} in a short time. Wait a minute`,
        { retryAfter: 60 },
      );
    },
  };
}

/** The refusal of one more row where there are `count` of at most `most`; `what` is a plural. */
export function surplus(
  { count, most, what, remedy }: {
    readonly count: number;
    readonly most: number;
    readonly what: string;
    readonly remedy: string;
  },
): Refused | undefined {
  if (count < most) return undefined;
  return refused("conflict", `Cannot add another: there are ${most} ${what}. ${remedy}`);
}
