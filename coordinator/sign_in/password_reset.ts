/**
 * How a person gets a new password without the old one: by a link that an administrator makes in the dashboard, or
 * that the local command makes. A link is used once, within {@linkcode RESET_LIFETIME}; a newer link replaces it.
 *
 * @module
 */
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import type { UserId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { Store } from "../ports.ts";
import { hasPassword, type UserRecord } from "../records/accounts.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import { createToken, matchesHash, splitToken } from "../secrets/token.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Caller, Requester } from "../accounts/caller.ts";
import type { AccountPorts } from "../accounts/users.ts";
import { checkLink } from "./link_check.ts";
import { tooManyPasswords } from "./own_password.ts";

/** How long a link works, in milliseconds. */
export const RESET_LIFETIME = 24 * 3_600_000;
const ASK = "Ask an administrator for another link";

/** A link that sets a new password. */
export interface ResetLink {
  /** Path and fragment: a browser does not send what follows the `#`, so no server log holds the token. */
  readonly path: string;
  readonly expiresAt: EpochMillis;
}

/** What {@linkcode issueResetLink} uses. */
export interface ResetLinkPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: Audit;
}

/** Makes a link for a user. `by`: the administrator, or the name of the local command. */
export async function issueResetLink(
  { store, clock, random, audit }: ResetLinkPorts,
  { by, userId }: { by: Caller | string; userId: UserId },
): Promise<ResetLink | Refused> {
  const { token, hash } = createToken(userId, random);
  const expiresAt = (clock.epoch() + RESET_LIFETIME) as EpochMillis;
  const { after } = await store.users.update(userId, (row) => {
    return obstacleOf(row) ? undefined : { ...row, reset: { hash, expires_at: expiresAt } };
  });
  if (!after) return notFound("user", userId);
  const obstacle = obstacleOf(after);
  if (obstacle) {
    return refused("conflict", `Cannot reset the password of ${after.email}: ${obstacle}`);
  }
  audit.record({
    action: "password.reset_link",
    by,
    target: userId,
    detail: after.email,
    ownerId: after.owner_id,
  });
  return { path: `/operator/reset#token=${token}`, expiresAt };
}

type UserWithLink = {
  readonly user: UserRecord;
  readonly reset: NonNullable<UserRecord["reset"]>;
};

/** Why a user gets no link, in words; `undefined` when the user may have one. */
function obstacleOf(user: UserRecord): string | undefined {
  if (user.disabled) return "the account is disabled. Enable it first";
  // A password would let in a person whom the provider's groups keep out.
  return hasPassword(user) ? undefined : "the person signs in through the provider";
}

/** Makes and uses links that set a new password. */
export type PasswordReset = ReturnType<typeof createPasswordReset>;

/** Creates the service of links that set a new password. */
export function createPasswordReset(ports: AccountPorts) {
  const { store, clock, audit, attempts, passwords, logins } = ports;

  /** The user whom a link lets set a password. */
  async function holder(token: string): Promise<UserWithLink | Refused> {
    const parts = splitToken(token);
    const user = parts && await store.users.get(parts.id);
    const reset = user?.reset;
    if (!parts || !user || !reset || !matchesHash(parts.secret, reset.hash) || user.disabled) {
      return refused(
        "token_wrong",
        `Cannot set the password: the link was used, or a newer one replaced it. ${ASK}`,
      );
    }
    if (clock.epoch() >= reset.expires_at) {
      return refused("token_expired", `Cannot set the password: the link expired. ${ASK}`);
    }
    return { user, reset };
  }

  return {
    issue: (caller: Caller, userId: UserId) => issueResetLink(ports, { by: caller, userId }),

    /** Why a link does not work; `undefined` when it does. A working link is no attempt. */
    async check(token: string, from: Requester): Promise<Refused | undefined> {
      return await checkLink(attempts, from, () => holder(token));
    },

    /** Sets the password that the holder of a link chose, and ends all logins of the user. */
    async use(
      { token, password }: { token: string; password: string },
      from: Requester,
    ): Promise<Refused | undefined> {
      const refusal = attempts.admitAddress(from.address);
      if (refusal) return refusal;
      const found = await holder(token);
      if (isRefused(found)) return found;
      const { user, reset } = found;
      const password_hash = await passwords.hash(password, "known");
      if (password_hash === undefined) return tooManyPasswords();
      let used = false;
      await store.users.update(user.user_id, ({ reset: present, ...row }) => {
        used = present?.hash === reset.hash && !row.disabled;
        return used ? { ...row, password_hash } : undefined;
      });
      if (!used) {
        return refused("token_used", "Cannot set the password: the link was used just now");
      }
      await logins.endAll(user.user_id);
      audit.record({
        action: "password.reset",
        by: user.email,
        target: user.user_id,
        ownerId: user.owner_id,
        address: from.address,
      });
      return undefined;
    },
  };
}
