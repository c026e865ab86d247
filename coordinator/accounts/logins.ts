/**
 * The logins of users. A login is a row with the hash of a refresh token, which changes at every use. An access
 * token is valid for minutes, and only while its login exists.
 *
 * A refresh token that is used a second time was copied, perhaps by a thief, so its login ends. The exception is the
 * previous token, which is accepted for {@linkcode ROTATION_GRACE}, because two tabs of one browser may refresh at
 * the same moment.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, UserId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { Paging } from "../../protocol/rest/contract.ts";
import type { Store } from "../ports.ts";
import type { LoginRecord, UserRecord } from "../records/accounts.ts";
import { type Page, pageOf } from "../records/page.ts";
import { specOf } from "../records/tables.ts";
import { type Refused, refused } from "../refusals.ts";
import type { SignedTokens } from "../secrets/signed_token.ts";
import { createToken, matchesHash, splitToken } from "../secrets/token.ts";
import type { Caller, Requester } from "./caller.ts";

/** How long a login lasts, whether or not it is used, in milliseconds. */
export const LOGIN_LIFETIME = 30 * 24 * 3_600_000;
/** How long after signing in an access token may be exchanged for a new one by itself, in milliseconds. */
export const BEARER_LIFETIME = 12 * 3_600_000;
/** How long the previous refresh token is still accepted, in milliseconds. */
export const ROTATION_GRACE = 10_000;
/** Most logins of one user. */
export const MAX_LOGINS = 200;
/** How many used refresh tokens are recognised. */
const SPENT_KEPT = 16;

/** A login as its user receives it. `refresh` is absent when the user's present refresh token stays valid. */
export interface OpenedLogin {
  readonly user: UserRecord;
  readonly loginId: string;
  readonly token: string;
  readonly refresh?: string;
}

interface Ports {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly tokens: SignedTokens;
  /** Called with logins that ended: closes what they have open. */
  readonly loginsEnded: (loginIds: readonly string[]) => void;
}

/** The logins of all users. */
export type Logins = ReturnType<typeof createLogins>;

/** Creates the service that opens, renews, checks and ends logins. */
export function createLogins(ports: Ports) {
  const { store, clock, random, tokens } = ports;

  async function accessToken(user: UserRecord, loginId: string): Promise<string> {
    return await tokens.sign("farpad-api", { subject: user.user_id, session: loginId });
  }

  /** The user of a login that has not expired; `undefined` when there is none or the user is disabled. */
  async function activeUser(login: LoginRecord | undefined): Promise<UserRecord | undefined> {
    if (!login || clock.epoch() >= login.expires_at) return undefined;
    const user = await store.users.get(login.user_id);
    return user?.disabled ? undefined : user;
  }

  /** Ends logins, and returns the ids of those that existed. */
  async function remove(...loginIds: readonly string[]): Promise<readonly string[]> {
    const ended: string[] = [];
    for (const id of loginIds) if (await store.logins.remove(id)) ended.push(id);
    if (ended.length > 0) ports.loginsEnded(ended);
    return ended;
  }

  async function readBearer(token: string) {
    const claims = await tokens.verify("farpad-api", token);
    const login = claims && await store.logins.get(claims.session);
    const user = await activeUser(login);
    if (!claims || !login || !user || user.user_id !== claims.subject) return undefined;
    return { login, user };
  }

  return {
    /** Opens a login. A user with {@linkcode MAX_LOGINS} loses the one that was used longest ago. */
    async open(user: UserRecord, from: Requester): Promise<OpenedLogin> {
      const known = await store.logins.list({ where: { user_id: user.user_id } });
      const surplus = [...known].sort((a, b) => a.last_used_at - b.last_used_at)
        .slice(0, Math.max(0, known.length + 1 - MAX_LOGINS));
      await remove(...surplus.map(({ login_id }) => login_id));
      const loginId = newPrefixedId("log", ports);
      const { token: refresh, hash } = createToken(loginId, random);
      const now = clock.epoch();
      await store.logins.insert({
        login_id: loginId,
        user_id: user.user_id,
        hash,
        spent: [],
        rotated_at: now,
        created_at: now,
        last_used_at: now,
        expires_at: now + LOGIN_LIFETIME,
        address: from.address,
        user_agent: from.userAgent.slice(0, 200),
      });
      return { user, loginId, token: await accessToken(user, loginId), refresh };
    },

    /** Exchanges a refresh token for the next one. */
    async rotate(refreshToken: string, from: Requester): Promise<OpenedLogin | Refused> {
      const parts = splitToken(refreshToken);
      const login = parts && await store.logins.get(parts.id);
      const user = await activeUser(login);
      if (!parts || !login || !user) return signedOut();
      const next = createToken(login.login_id, random);
      const now = clock.epoch();
      let verdict: "rotated" | "passed" | "stolen" | "wrong" = "wrong";
      await store.logins.update(login.login_id, (row) => {
        verdict = checkSecret(row, parts.secret, now);
        const seen = { ...row, last_used_at: now, address: from.address };
        if (verdict === "passed") return seen;
        if (verdict !== "rotated") return undefined;
        const spent = [row.hash, ...row.spent].slice(0, SPENT_KEPT);
        return { ...seen, hash: next.hash, spent, rotated_at: now };
      });
      switch (verdict as "rotated" | "passed" | "stolen" | "wrong") {
        case "wrong":
          return signedOut();
        case "stolen":
          await remove(login.login_id);
          return refused("token_used", "Signed out: this login was used from two places at once");
        case "passed":
          return { user, loginId: login.login_id, token: await accessToken(user, login.login_id) };
        case "rotated": {
          const token = await accessToken(user, login.login_id);
          return { user, loginId: login.login_id, token, refresh: next.token };
        }
      }
    },

    /** Exchanges a valid access token for a newer one, for clients without cookies. */
    async renew(token: string): Promise<OpenedLogin | Refused> {
      const found = await readBearer(token);
      if (!found || clock.epoch() - found.login.created_at >= BEARER_LIFETIME) return signedOut();
      const { login, user } = found;
      return { user, loginId: login.login_id, token: await accessToken(user, login.login_id) };
    },

    /** The caller that an access token belongs to; `undefined` when the token is not valid. */
    async caller(token: string, from: Requester): Promise<Caller | undefined> {
      const found = await readBearer(token);
      return found && { ...from, user: found.user, loginId: found.login.login_id };
    },

    /** The user that a refresh token belongs to; the token stays valid. */
    async holder(refreshToken: string): Promise<OpenedLogin["user"] | undefined> {
      const parts = splitToken(refreshToken);
      const login = parts && await store.logins.get(parts.id);
      const user = await activeUser(login);
      if (!parts || !login || !user) return undefined;
      const verdict = checkSecret(login, parts.secret, clock.epoch());
      return verdict === "rotated" || verdict === "passed" ? user : undefined;
    },

    /** Ends the login that a refresh token belongs to; a wrong token ends nothing. */
    async close(refreshToken: string): Promise<void> {
      const parts = splitToken(refreshToken);
      const login = parts && await store.logins.get(parts.id);
      if (!parts || !login || checkSecret(login, parts.secret, clock.epoch()) === "wrong") return;
      await remove(login.login_id);
    },

    /** All logins of a user. */
    list: (user_id: UserId) => store.logins.list({ where: { user_id } }),

    /** A page of a user's logins, newest first. */
    page: (user_id: UserId, page: Paging): Promise<Page<LoginRecord> | Refused> =>
      pageOf(
        { table: store.logins, spec: specOf("logins") },
        { ...page, where: { user_id }, order: "desc" },
      ),

    /** Ends one of a user's logins; false when that user has no such login. */
    async end(userId: string, loginId: string): Promise<boolean> {
      const login = await store.logins.get(loginId);
      if (login?.user_id !== userId) return false;
      return (await remove(loginId)).length > 0;
    },

    /** Ends all of a user's logins except `except`. */
    async endAll(userId: UserId, except?: string): Promise<void> {
      const logins = await store.logins.list({ where: { user_id: userId } });
      await remove(...logins.map((login) => login.login_id).filter((id) => id !== except));
    },
  };
}

/**
 * Compares the secret of a refresh token with a login: `rotated` for the valid token, `passed` for the previous one
 * within {@linkcode ROTATION_GRACE}, `stolen` for any other used one, `wrong` for an unknown one.
 */
function checkSecret(
  login: LoginRecord,
  secret: string,
  now: number,
): "rotated" | "passed" | "stolen" | "wrong" {
  if (matchesHash(secret, login.hash)) return "rotated";
  const age = login.spent.findIndex((hash) => matchesHash(secret, hash));
  if (age < 0) return "wrong";
  return age === 0 && now - login.rotated_at < ROTATION_GRACE ? "passed" : "stolen";
}

function signedOut(): Refused {
  return refused("unauthenticated", "Not signed in: the login ended or expired. Sign in again");
}
