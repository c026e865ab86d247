/**
 * The second factor: after the password, a code of an authenticator app or one of ten recovery codes. Each code is
 * good once. The app's secret is sealed in the store, recovery codes are stored as hashes.
 *
 * @module
 */
import type { Audit } from "../accounts/audit.ts";
import type { Caller } from "../accounts/caller.ts";
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import type { UserId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { Store } from "../ports.ts";
import type { SecondFactor, UserRecord } from "../records/accounts.ts";
import { notFound, type Refused, refused } from "../refusals.ts";
import type { Passwords } from "../secrets/password.ts";
import type { Sealer } from "../secrets/seal.ts";
import { createSecret, hashSecret, matchesHash } from "../secrets/token.ts";
import { createTotpSecret, totpStep, totpUri } from "../secrets/totp.ts";
import type { Attempts } from "./attempts.ts";
import { checkOwnPassword } from "./own_password.ts";

/** How many recovery codes a user gets. */
const RECOVERY_CODES = 10;
/** Characters of a recovery code: 80 random bits. */
const RECOVERY_LENGTH = 16;

interface Ports {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly sealer: Sealer;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly audit: Audit;
}

/** The second factors of users. */
export type SecondFactors = ReturnType<typeof createSecondFactors>;

/** Creates the service that turns second factors on and off, and checks their codes. */
export function createSecondFactors(ports: Ports) {
  const { store, clock, random, sealer, attempts, audit } = ports;

  /** The factor after `code` was used; `undefined` when the code is wrong or was used before. */
  function spend(factor: SecondFactor, userId: UserId, given: string): SecondFactor | undefined {
    const code = given.replaceAll(/[\s-]/g, "").toUpperCase();
    if (/^\d{6}$/.test(code)) {
      const secret = sealer.open(factor.sealed, purpose(userId));
      const step = secret && totpStep(secret, code, clock.epoch());
      return step && step > factor.last_step ? { ...factor, last_step: step } : undefined;
    }
    const recovery = factor.recovery.filter((hash) => !matchesHash(code, hash));
    return recovery.length < factor.recovery.length ? { ...factor, recovery } : undefined;
  }

  /** Uses a code of this user; false when it is wrong. A user without a second factor needs none. */
  async function use(userId: UserId, code: string): Promise<boolean> {
    let right = false;
    await store.users.update(userId, (row) => {
      const next = row.second_factor && spend(row.second_factor, userId, code);
      right = next !== undefined || row.second_factor === undefined;
      return next && { ...row, second_factor: next };
    });
    return right;
  }

  return {
    /**
     * Checks the code of a user whose password was right. `browser`: its id, when it signed in to the account before.
     */
    async check(
      user: UserRecord,
      { code, browser }: { code: string | undefined; browser: string | undefined },
    ): Promise<Refused | undefined> {
      if (!user.second_factor) return undefined;
      if (code === undefined) {
        return refused("code_needed", "Enter the code that your authenticator app shows");
      }
      const counted = browser ?? user.user_id;
      const refusal = attempts.admitCode(counted);
      if (refusal) return refusal;
      if (!await use(user.user_id, code)) return wrongCode();
      attempts.forgiveCode(counted);
      return undefined;
    },

    /** Offers a secret for an authenticator app. It counts once a code of the app confirms it. */
    async offer(
      { user }: Caller,
      current: string,
    ): Promise<{ secret: string; uri: string } | Refused> {
      if (user.second_factor) {
        return refused(
          "conflict",
          "Cannot set up another authenticator app: turn this one off first",
        );
      }
      const doing = "set up an authenticator app";
      const refusal = await checkOwnPassword(ports, user, { current, doing });
      if (refusal) return refusal;
      const secret = createTotpSecret(random);
      const offered_factor = sealer.seal(secret, purpose(user.user_id));
      await store.users.update(user.user_id, (row) => ({ ...row, offered_factor }));
      return { secret, uri: totpUri(secret, user.email) };
    },

    /** Turns the second factor on, and returns the recovery codes, which are shown once. */
    async confirm(caller: Caller, code: string): Promise<readonly string[] | Refused> {
      const { user_id, offered_factor } = caller.user;
      const secret = offered_factor && sealer.open(offered_factor, purpose(user_id));
      if (!offered_factor || !secret) {
        return refused("conflict", "Cannot confirm an authenticator app: none is being set up");
      }
      const step = totpStep(secret, code.replaceAll(/\s/g, ""), clock.epoch());
      if (step === undefined) return wrongCode();
      const codes = Array.from(
        { length: RECOVERY_CODES },
        () => createSecret(random, RECOVERY_LENGTH),
      );
      const second_factor: SecondFactor = {
        sealed: offered_factor,
        last_step: step,
        recovery: codes.map(hashSecret),
        since: clock.epoch() as EpochMillis,
      };
      let kept = false;
      await store.users.update(user_id, ({ offered_factor: present, ...row }) => {
        kept = present === offered_factor;
        return kept ? { ...row, second_factor } : undefined;
      });
      if (!kept) {
        return refused(
          "conflict",
          "Cannot confirm this authenticator app: another one is being set up",
        );
      }
      audit.record({ action: "second_factor.on", by: caller, target: user_id });
      return codes.map((text) => text.match(/.{4}/g)!.join("-"));
    },

    /** Turns the caller's second factor off. Takes the password and a code, so that a stolen login cannot do it. */
    async remove(
      caller: Caller,
      { current, code }: { current: string; code: string },
    ): Promise<Refused | undefined> {
      const { user } = caller;
      const doing = "turn the second factor off";
      const refusal = await checkOwnPassword(ports, user, { current, doing }) ??
        await this.check(user, { code, browser: caller.loginId });
      return refusal ?? await removeSecondFactor(ports, { by: caller, userId: user.user_id });
    },

    /** Turns the second factor of another user off, for one who lost app and recovery codes. */
    removeOf: (caller: Caller, userId: UserId) => removeSecondFactor(ports, { by: caller, userId }),
  };
}

/** Turns a user's second factor off. `by`: the administrator, the user, or the name of the local command. */
export async function removeSecondFactor(
  { store, audit }: Pick<Ports, "store" | "audit">,
  { by, userId }: { by: Caller | string; userId: UserId },
): Promise<Refused | undefined> {
  const { before } = await store.users.update(
    userId,
    ({ second_factor: _, offered_factor: __, ...row }) => row,
  );
  if (!before) return notFound("user", userId);
  if (before.second_factor) {
    const { email, owner_id: ownerId } = before;
    audit.record({ action: "second_factor.off", by, target: userId, detail: email, ownerId });
  }
  return undefined;
}

/** What an app's secret is sealed for. */
function purpose(userId: UserId): string {
  return `second factor of ${userId}`;
}

function wrongCode(): Refused {
  return refused("code_wrong", "The code is wrong or was used before. Wait for the next one");
}
