/**
 * REST: the access policy and share links.
 *
 * @module
 */
import { access as contracts } from "../../../protocol/rest/settings.ts";
import type { Access } from "../../accounts/access.ts";
import type { ShareLinkRecord } from "../../records/accounts.ts";
import type { Router } from "./router.ts";

/** What {@linkcode accessRoutes} calls. */
export interface AccessServices {
  readonly access: Access;
}

/** Adds the routes of the access policy and of share links. */
export function accessRoutes(router: Router, { access }: AccessServices): void {
  router.on(contracts.get, () => access.settings());
  router.on(contracts.set, async ({ caller, body }) => {
    await access.setPolicy(caller, body.policy);
    return await access.settings();
  });
  router.on(contracts.links, async ({ caller }) => ({
    items: (await access.links(caller)).map(linkView),
  }));
  router.on(contracts.createLink, async ({ caller, body }) => {
    const { name, room_id: roomId, hours } = body;
    const { link, token } = await access.createLink(caller, { name, roomId, hours });
    const query = new URLSearchParams(roomId ? { room: roomId, share: token } : { share: token });
    return { link: linkView(link), path: `/?${query}` };
  });
  router.on(contracts.removeLink, async ({ caller, params }) => {
    return await access.removeLink(caller, params.id) ?? { ok: true as const };
  });
}

function linkView({ hash: _, owner_id: __, ...link }: ShareLinkRecord) {
  return link;
}
