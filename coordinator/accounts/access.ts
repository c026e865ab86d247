/**
 * Which people may play: everyone who reaches the page, signed-in users, or signed-in users and people with a
 * share link. Until an administrator chooses a policy, it is `anyone` on a loopback address and `share_link`
 * elsewhere.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, type RoomId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import { AccessPolicy } from "../../protocol/rest/settings.ts";
import type { Store } from "../ports.ts";
import type { ShareLinkRecord } from "../records/accounts.ts";
import { notFound, type Refused, refused } from "../refusals.ts";
import { createToken, matchesHash, splitToken } from "../secrets/token.ts";
import { type Audit, defined } from "./audit.ts";
import { type Caller, ownerFilter, sees } from "./caller.ts";
import type { Logins } from "./logins.ts";

const SETTING = "access_policy";

/** The credentials that a player's browser sends when it connects. */
export interface PlayerPass {
  /** The refresh token of the login cookie. */
  readonly login?: string | undefined;
  /** The secret of a share link. */
  readonly share?: string | undefined;
  /** The id of the room that the player wants to join. */
  readonly roomId?: string | undefined;
}

/** The access policy and the share links of an installation. */
export type Access = ReturnType<typeof createAccess>;

/** Creates the service that keeps the access policy and the share links, and checks players against them. */
export function createAccess(
  ports: {
    store: Store;
    clock: Clock;
    random: Random;
    logins: Logins;
    audit: Audit;
    /** Whether only this machine can reach the coordinator. */
    loopback: boolean;
  },
) {
  const { store, clock, random, logins, audit } = ports;

  async function settings(): Promise<{ policy: AccessPolicy; chosen: boolean }> {
    const stored = AccessPolicy.safeParse((await store.settings.get(SETTING))?.value);
    if (stored.success) return { policy: stored.data, chosen: true };
    return { policy: ports.loopback ? "anyone" : "share_link", chosen: false };
  }

  async function opens(share: string, roomId: string | undefined): Promise<boolean> {
    const parts = splitToken(share);
    const link = parts && await store.shareLinks.get(parts.id);
    if (!parts || !link || !matchesHash(parts.secret, link.hash)) return false;
    if (link.expires_at !== undefined && clock.epoch() >= link.expires_at) return false;
    return link.room_id === undefined || link.room_id === roomId;
  }

  return {
    settings,

    async setPolicy(caller: Caller, policy: AccessPolicy): Promise<void> {
      const value = { name: SETTING, value: policy };
      const { after } = await store.settings.update(SETTING, () => value);
      if (!after) await store.settings.insert(value);
      audit.record({ action: "access.set", by: caller, detail: policy });
    },

    /** Checks whether a player may connect; `undefined` when the player may. */
    async admit({ login, share, roomId }: PlayerPass): Promise<Refused | undefined> {
      const { policy } = await settings();
      if (policy === "anyone") return undefined;
      if (login && await logins.holder(login)) return undefined;
      if (policy === "share_link" && share && await opens(share, roomId)) return undefined;
      const way = policy === "share_link" ? "Sign in, or use a valid share link" : "Sign in";
      return refused("access", `Cannot play here without an invitation. ${way}`);
    },

    async links(caller: Caller): Promise<readonly ShareLinkRecord[]> {
      return await store.shareLinks.list({
        where: { owner_id: ownerFilter(caller) },
        order: "desc",
      });
    },

    async createLink(
      caller: Caller,
      { name, roomId, hours }: {
        name: string;
        roomId?: RoomId | undefined;
        hours?: number | undefined;
      },
    ): Promise<{ link: ShareLinkRecord; token: string }> {
      const id = newPrefixedId("shr", ports);
      const { token, hash } = createToken(id, random);
      const now = clock.epoch();
      const link: ShareLinkRecord = {
        share_id: id,
        hash,
        name,
        owner_id: caller.user.owner_id,
        created_at: now,
        ...defined({
          room_id: roomId,
          expires_at: hours === undefined ? undefined : now + hours * 3_600_000,
        }),
      };
      await store.shareLinks.insert(link);
      audit.record({ action: "access.share", by: caller, target: id, detail: name });
      return { link, token };
    },

    async removeLink(caller: Caller, id: string): Promise<Refused | undefined> {
      const link = await store.shareLinks.get(id);
      if (!link || !sees(caller, link.owner_id)) return notFound("share link", id);
      await store.shareLinks.remove(id);
      audit.record({ action: "access.unshare", by: caller, target: id, detail: link.name });
      return undefined;
    },
  };
}
