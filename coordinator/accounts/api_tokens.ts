/**
 * API tokens: a program calls REST and subscribes to topics in the name of a user, within a scope and until a date. Only a token's hash is
 * stored. It may never do more than its user may at the time of the call.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, type UserId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { TokenScope } from "../../protocol/rest/api_tokens.ts";
import type { Paging, Role } from "../../protocol/rest/contract.ts";
import type { Store } from "../ports.ts";
import type { ApiTokenRecord, UserRecord } from "../records/accounts.ts";
import { type Page, pageOf } from "../records/page.ts";
import { specOf } from "../records/tables.ts";
import { notFound, type Refused, refused } from "../refusals.ts";
import { createToken, matchesHash, splitToken } from "../secrets/token.ts";
import type { Audit } from "./audit.ts";
import type { Caller, Requester } from "./caller.ts";
import type { Minting } from "./minting.ts";

const DAY = 24 * 3_600_000;
/** A use is written when the last one written is older than this, in milliseconds. */
const USE_WRITTEN_AFTER = 60_000;
/** Most tokens of one user. */
const MAX_TOKENS = 50;

/** The role that a scope gives at most. */
const ROLE_OF = { read: "viewer", operate: "operator", admin: "admin" } as const satisfies Record<
  TokenScope,
  Role
>;
/** From the weakest on. */
const RANKS: readonly Role[] = ["viewer", "operator", "admin"];

/** The API tokens of an installation. */
export type ApiTokens = ReturnType<typeof createApiTokens>;

/** Creates the service that makes, checks and revokes API tokens. */
export function createApiTokens(
  ports: {
    store: Store;
    clock: Clock;
    random: Random;
    log: Log;
    audit: Audit;
    minting: Minting;
    /** Called with tokens that ended, or whose user may do less: closes what they have open. */
    loginsEnded: (tokenIds: readonly string[]) => void;
  },
) {
  const { store, clock, random, log, audit, minting, loginsEnded } = ports;

  /** Keeps the time of the last use, to the minute. A use counts although it cannot be written. */
  function noteUse({ token_id, last_used_at = 0 }: ApiTokenRecord): void {
    const now = clock.epoch();
    if (now - last_used_at < USE_WRITTEN_AFTER) return;
    store.apiTokens.update(token_id, (row) => ({ ...row, last_used_at: now })).catch((error) =>
      log.error("use of an API token not written", { token_id, error })
    );
  }

  /** The token that this text is, unless it has expired. */
  async function valid(token: string): Promise<ApiTokenRecord | undefined> {
    const parts = splitToken(token);
    const row = parts && await store.apiTokens.get(parts.id);
    if (!parts || !row || !matchesHash(parts.secret, row.hash)) return undefined;
    return clock.epoch() < row.expires_at ? row : undefined;
  }

  async function userOf({ user_id, scope }: ApiTokenRecord): Promise<UserRecord | undefined> {
    const user = await store.users.get(user_id);
    return user && !user.disabled
      ? { ...user, role: weaker(ROLE_OF[scope], user.role) }
      : undefined;
  }

  return {
    async create(
      caller: Caller,
      { name, scope, days }: { name: string; scope: TokenScope; days: number },
    ): Promise<{ record: ApiTokenRecord; token: string } | Refused> {
      const { user } = caller;
      if (weaker(ROLE_OF[scope], user.role) !== ROLE_OF[scope]) {
        return refused("forbidden", `Cannot make a token that may ${scope}: you are ${user.role}`);
      }
      if ((await this.list(user.user_id)).length >= MAX_TOKENS) {
        return refused("conflict", `Cannot make another token: you have ${MAX_TOKENS}. Revoke one`);
      }
      const tooMany = minting.take(caller);
      if (tooMany) return tooMany;
      const id = newPrefixedId("tok", ports);
      const { token, hash } = createToken(id, random);
      const now = clock.epoch();
      const record: ApiTokenRecord = {
        ...{ token_id: id, user_id: user.user_id, hash, name, scope },
        ...{ created_at: now, expires_at: now + days * DAY },
      };
      await store.apiTokens.insert(record);
      const detail = `${name}: ${scope}, ${days} days`;
      audit.record({ action: "token.create", by: caller, target: id, detail });
      return { record, token };
    },

    /** A user's tokens, newest first, also those that expired in the last day. */
    list: (userId: UserId) => store.apiTokens.list({ where: { user_id: userId }, order: "desc" }),

    /** A page of a user's tokens, newest first. */
    page: (user_id: UserId, page: Paging): Promise<Page<ApiTokenRecord> | Refused> =>
      pageOf(
        { table: store.apiTokens, spec: specOf("apiTokens") },
        { ...page, where: { user_id }, order: "desc" },
      ),

    async revoke(caller: Caller, id: string): Promise<Refused | undefined> {
      const row = await store.apiTokens.get(id);
      if (row?.user_id !== caller.user.user_id) return notFound("API token", id);
      await store.apiTokens.remove(id);
      loginsEnded([id]);
      audit.record({ action: "token.revoke", by: caller, target: id, detail: row.name });
      return undefined;
    },

    /** Removes all tokens of a user. */
    async removeAll(userId: UserId): Promise<void> {
      const ids = (await this.list(userId)).map(({ token_id }) => token_id);
      for (const id of ids) await store.apiTokens.remove(id);
      loginsEnded(ids);
    },

    /** Closes what a user's tokens have open, because the user's rights changed. The tokens stay. */
    async closeAll(userId: UserId): Promise<void> {
      loginsEnded((await this.list(userId)).map(({ token_id }) => token_id));
    },

    /** The caller that a token stands for; `undefined` when it is no valid API token. */
    async caller(token: string, from: Requester): Promise<Caller | undefined> {
      const row = await valid(token);
      const user = row && await userOf(row);
      if (!user) return undefined;
      noteUse(row);
      return {
        ...{ ...from, user, loginId: row.token_id },
        ...{ apiToken: row.name, until: row.expires_at },
      };
    },

    /** The id of a valid token; `undefined` for another text. */
    async holder(token: string): Promise<string | undefined> {
      const row = await valid(token);
      if (row) noteUse(row);
      return row?.token_id;
    },

    /** The user whom a token stands for, with the role that its scope gives, and when the token expires. */
    async person(id: string): Promise<{ user: UserRecord; expires_at: number } | undefined> {
      const row = await store.apiTokens.get(id);
      if (!row || clock.epoch() >= row.expires_at) return undefined;
      const user = await userOf(row);
      return user && { user, expires_at: row.expires_at };
    },
  };
}

function weaker(one: Role, other: Role): Role {
  return RANKS.indexOf(one) < RANKS.indexOf(other) ? one : other;
}
