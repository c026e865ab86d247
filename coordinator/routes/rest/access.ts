/**
 * REST: the access policy and share links.
 *
 * @module
 */
import { access as contracts } from "../../../protocol/rest/settings.ts";
import type { Access } from "../../accounts/access.ts";
import { passOfUser } from "../../domain/pass.ts";
import type { Rights } from "../../play/rights.ts";
import { isRefused, notFound, refused } from "../../refusals.ts";
import type { ShareLinkRecord } from "../../records/accounts.ts";
import { listAnswer } from "../../records/page.ts";
import type { Workers } from "../../workers.ts";
import type { Router } from "./router.ts";

/** What {@linkcode accessRoutes} calls. */
export interface AccessServices {
  readonly access: Access;
  readonly rights: Rights;
  readonly workers: Workers;
}

/** Adds the routes of the access policy and of share links. */
export function accessRoutes(router: Router, { access, rights, workers }: AccessServices): void {
  router.on(contracts.get, () => access.settings());
  router.on(contracts.set, async ({ caller, body }) => {
    await access.setPolicy(caller, body.policy);
    return await access.settings();
  });
  router.on(contracts.links, async ({ caller, query }) => {
    return listAnswer(await access.links(caller, query), linkView);
  });
  router.on(contracts.createLink, async ({ caller, body }) => {
    const { name, room_id: roomId, role, hours } = body;
    if (role === "host" && roomId === undefined) {
      return refused("bad_request", "Cannot make this link: a host is host of one room. Name it");
    }
    const room = roomId && workers.room(roomId);
    if (roomId && !(room && rights.mayInRoom(passOfUser(caller.user), "share", room))) {
      return notFound("room", roomId);
    }
    const made = await access.createLink(caller, { name, roomId, role, hours });
    if (isRefused(made)) return made;
    const { link, path } = made;
    return { link: linkView(link), path };
  });
  router.on(contracts.removeLink, async ({ caller, params }) => {
    return await access.removeLink(caller, params.id) ?? { ok: true as const };
  });
}

function linkView({ hash: _, owner_id: __, made_by: ___, ...link }: ShareLinkRecord) {
  return { ...link, role: link.role ?? "player" };
}
