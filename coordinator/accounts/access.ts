/**
 * Which people may play: everyone who reaches the page, signed-in users, or signed-in users and people with a
 * share link. Until an administrator chooses a policy, it is `anyone` on a loopback address and `share_link`
 * elsewhere. A player who is let in gets a pass (`domain/pass.ts`).
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, type RoomId } from "../../protocol/ids.ts";
import type { Room } from "../../protocol/legs/room.ts";
import type { LinkRole } from "../../protocol/pass.ts";
import type { Random } from "../../protocol/random.ts";
import { MAX_PAGE, OPERATORS, type Paging } from "../../protocol/rest/contract.ts";
import { AccessPolicy } from "../../protocol/rest/settings.ts";
import { type CheckedCredentials, type Pass, passOf } from "../domain/pass.ts";
import type { Store } from "../ports.ts";
import type { ShareLinkRecord, UserRecord } from "../records/accounts.ts";
import { type Page, pageOf } from "../records/page.ts";
import { specOf } from "../records/tables.ts";
import { isRefused, notFound, type Refused, refused } from "../refusals.ts";
import { createToken, matchesHash, splitToken } from "../secrets/token.ts";
import type { ApiTokens } from "./api_tokens.ts";
import { type Audit, defined } from "./audit.ts";
import { POLICY_WORDS } from "./audit_words.ts";
import { type Caller, ownerFilter, sees } from "./caller.ts";
import type { Logins } from "./logins.ts";
import { KEPT_OF_FLEET, type Minting, surplus } from "./minting.ts";

const SETTING = "access_policy";

/** The credentials that a player's browser sends when it connects. */
export interface Credentials {
  /** The refresh token of the login cookie. */
  readonly login?: string | undefined;
  /** An API token. */
  readonly token?: string | undefined;
  /** The secret of a share link. */
  readonly share?: string | undefined;
  /** The secret that the browser keeps, which stands for a person without an account. */
  readonly browser?: string | undefined;
}

/** A player who is let in. */
export interface AdmittedPlayer {
  readonly pass: Pass;
}

/** A new share link, and its path: the query holds the secret, which is shown once. */
export interface CreatedLink {
  readonly link: ShareLinkRecord;
  readonly path: string;
}

const HOUR = 3_600_000;
/** How long a link that a player makes works at most; it ends with its room as well (PAS12). */
const ROOM_LINK_HOURS = 24;

/** The access policy and the share links of an installation. */
export type Access = ReturnType<typeof createAccess>;

/** Creates the service that keeps the access policy and the share links, and checks players against them. */
export function createAccess(
  ports: {
    store: Store;
    clock: Clock;
    random: Random;
    logins: Logins;
    apiTokens: Pick<ApiTokens, "holder" | "person">;
    audit: Audit;
    minting: Minting;
    /** Called when a player may have lost a right. */
    rightsChanged: () => void;
    /** How many changes of rights there have been. */
    changes: () => number;
    /** Whether only this machine can reach the coordinator. */
    loopback: boolean;
  },
) {
  const { store, clock, random, logins, apiTokens, audit, minting, rightsChanged } = ports;

  async function settings(): Promise<{ policy: AccessPolicy; chosen: boolean }> {
    const stored = AccessPolicy.safeParse((await store.settings.get(SETTING))?.value);
    if (stored.success) return { policy: stored.data, chosen: true };
    return { policy: ports.loopback ? "anyone" : "share_link", chosen: false };
  }

  /** The person of a login or an API token, which has not expired. */
  async function personOf(
    loginId: string,
  ): Promise<{ user: UserRecord; expires_at: number } | undefined> {
    const login = await store.logins.get(loginId);
    if (!login) return await apiTokens.person(loginId);
    const { user_id, expires_at } = login;
    if (clock.epoch() >= expires_at) return undefined;
    const user = await store.users.get(user_id);
    return user && !user.disabled ? { user, expires_at } : undefined;
  }

  /** Whether a link is valid: it has not expired, and its maker may still let people in. */
  async function isGood(
    { expires_at, made_by, room_id, parent }: ShareLinkRecord,
  ): Promise<boolean> {
    if (expires_at !== undefined && clock.epoch() >= expires_at) return false;
    const from = parent === undefined ? undefined : await store.shareLinks.get(parent);
    if (parent !== undefined && !(from && await isGood(from))) return false;
    if (made_by === undefined) return true;
    const maker = await store.users.get(made_by);
    if (!maker || maker.disabled) return false;
    return room_id !== undefined || OPERATORS.includes(maker.role);
  }

  /** The pass of credentials whose secrets were checked. */
  async function passFrom(
    { loginId, shareId, browser }: CheckedCredentials,
  ): Promise<AdmittedPlayer | Refused> {
    const asOf = ports.changes();
    const { policy } = await settings();
    const person = loginId === undefined ? undefined : await personOf(loginId);
    const found = shareId === undefined ? undefined : await store.shareLinks.get(shareId);
    const link = found && await isGood(found) ? found : undefined;
    const pass = passOf({
      policy,
      browser,
      ...(person && { user: person.user }),
      ...(link && { link: { ...link, role: link.role ?? "player" } }),
    });
    if (pass.openings.length === 0) {
      const way = policy === "share_link" ? "Sign in, or use a valid share link" : "Sign in";
      return refused("access", `Cannot play here without an invitation. ${way}`);
    }
    const ends = [person?.expires_at, link?.expires_at].filter((end) => end !== undefined);
    const until = ends.length > 0 ? Math.min(...ends) : undefined;
    return { pass: { ...pass, proof: defined({ loginId, shareId, browser, until, asOf }) } };
  }

  async function make(
    parts: Pick<ShareLinkRecord, "name"> & Partial<ShareLinkRecord>,
  ): Promise<CreatedLink> {
    const share_id = newPrefixedId("shr", ports);
    const { token, hash } = createToken(share_id, random);
    const { name } = parts;
    const link: ShareLinkRecord = {
      ...defined(parts),
      ...{ share_id, hash, name, created_at: clock.epoch() },
    };
    await store.shareLinks.insert(link);
    const { room_id: room } = link;
    const query = new URLSearchParams(room ? { room, share: token } : { share: token });
    return { link, path: `/?${query}` };
  }

  return {
    settings,

    async setPolicy(caller: Caller, policy: AccessPolicy): Promise<void> {
      const value = { name: SETTING, value: policy };
      const { after } = await store.settings.update(SETTING, () => value);
      if (!after) await store.settings.insert(value);
      audit.record({ action: "access.set", by: caller, detail: POLICY_WORDS[policy] });
      rightsChanged();
    },

    /** The pass of a player who connects with these credentials; a refusal when the policy refuses them. */
    async admit({ login, token, share, browser }: Credentials): Promise<AdmittedPlayer | Refused> {
      const parts = share === undefined ? undefined : splitToken(share);
      const link = parts && await store.shareLinks.get(parts.id);
      const isRight = parts && link && matchesHash(parts.secret, link.hash);
      return await passFrom({
        loginId: token
          ? await apiTokens.holder(token)
          : login && await logins.holder(login)
          ? splitToken(login)?.id
          : undefined,
        shareId: isRight ? link.share_id : undefined,
        browser: browser &&
          `brw_${createHash("sha256").update(browser).digest("hex").slice(0, 32)}`,
      });
    },

    /** The pass that follows from the same credentials now; a refusal when none does. */
    renew: (proof: CheckedCredentials): Promise<AdmittedPlayer | Refused> => passFrom(proof),

    /** A page of the links of a caller's fleet, newest first. */
    links: (caller: Caller, page: Paging): Promise<Page<ShareLinkRecord> | Refused> =>
      pageOf(
        { table: store.shareLinks, spec: specOf("shareLinks") },
        { ...page, where: { owner_id: ownerFilter(caller) }, order: "desc" },
      ),

    async createLink(
      caller: Caller,
      { name, roomId, role, hours }: {
        name: string;
        roomId?: RoomId | undefined;
        role: LinkRole;
        hours?: number | undefined;
      },
    ): Promise<CreatedLink | Refused> {
      const links = await store.shareLinks.list({ where: { owner_id: caller.user.owner_id } });
      const tooMany = minting.take(caller) ?? surplus({
        ...{ count: links.length, most: KEPT_OF_FLEET.links },
        ...{ what: "share links of this fleet", remedy: "Remove some of them" },
      });
      if (tooMany) return tooMany;
      const { owner_id, user_id: made_by } = caller.user;
      const expires_at = hours === undefined ? undefined : clock.epoch() + hours * HOUR;
      const made = await make({ name, room_id: roomId, role, owner_id, made_by, expires_at });
      const { share_id } = made.link;
      audit.record({ action: "access.share", by: caller, target: share_id, detail: name });
      return made;
    },

    /** Makes a link to a room for its host, a player. */
    async shareRoom(
      { room_id, title }: Room,
      { role, parent, by: { fleet: owner_id, user: made_by } }: {
        role: LinkRole;
        /** The link by which its maker is host. */
        parent?: string | undefined;
        by: Pass;
      },
    ): Promise<{ path: string; expires_at: number; share_id: string }> {
      const from = parent === undefined ? undefined : await store.shareLinks.get(parent);
      const longest = clock.epoch() + ROOM_LINK_HOURS * HOUR;
      const expires_at = Math.min(longest, from?.expires_at ?? longest);
      const name = `Room of ${title}`.slice(0, 80);
      const { path, link } = await make({
        ...{ name, room_id, role, parent, owner_id, made_by, expires_at },
      });
      return { path, expires_at, share_id: link.share_id };
    },

    /** The links to a room that work, the newest first. */
    async roomLinks(room_id: RoomId): Promise<readonly ShareLinkRecord[]> {
      const links = await store.shareLinks.list({ where: { room_id } });
      const good = await Promise.all(links.map(isGood));
      return links.filter((_, at) => good[at]).sort((a, b) => b.created_at - a.created_at);
    },

    /** Ends a link to a room for its host, a player; false: there is none of that id. */
    async revokeRoomLink(room_id: RoomId, share_id: string, { user }: Pass): Promise<boolean> {
      const link = await store.shareLinks.get(share_id);
      if (link?.room_id !== room_id) return false;
      const host = user && link.made_by ? await store.users.get(user) : undefined;
      await store.shareLinks.remove(share_id);
      if (link.made_by) {
        const { name: detail, owner_id: ownerId } = link;
        const by = host?.email ?? "host";
        audit.record({ action: "access.unshare", by, target: share_id, detail, ownerId });
      }
      rightsChanged();
      return true;
    },

    /** Removes the links to a room that is closed, because nobody can enter it again. */
    async roomClosed(room_id: RoomId): Promise<void> {
      for (;;) {
        const links = await store.shareLinks.list({ where: { room_id } });
        if (links.length === 0) return;
        for (const { share_id } of links) await store.shareLinks.remove(share_id);
      }
    },

    /**
     * Removes the links to rooms that are not open: those of rooms that closed while no coordinator ran, or while
     * nothing could be written.
     */
    async removeLinksOfClosedRooms(isOpen: (room: RoomId) => boolean): Promise<void> {
      const table = { table: store.shareLinks, spec: specOf("shareLinks") };
      const closed = new Set<RoomId>();
      let cursor: string | undefined;
      do {
        const page = await pageOf(table, { limit: MAX_PAGE, cursor });
        if (isRefused(page)) return;
        for (const { room_id } of page.rows) if (room_id && !isOpen(room_id)) closed.add(room_id);
        cursor = page.next;
      } while (cursor !== undefined);
      for (const room of closed) await this.roomClosed(room);
    },

    async removeLink(caller: Caller, id: string): Promise<Refused | undefined> {
      const link = await store.shareLinks.get(id);
      if (!link || !sees(caller, link.owner_id)) return notFound("share link", id);
      await store.shareLinks.remove(id);
      audit.record({ action: "access.unshare", by: caller, target: id, detail: link.name });
      rightsChanged();
      return undefined;
    },
  };
}
