/**
 * REST: who may play, alerts, and the audit log.
 *
 * @module
 */
import {
  access as accessContracts,
  alerts,
  audit as audits,
} from "../../protocol/rest/settings.ts";
import type { UserId } from "../../protocol/ids.ts";
import type { Access } from "../accounts/access.ts";
import type { Audit } from "../accounts/audit.ts";
import { ownerFilter, sees } from "../accounts/caller.ts";
import { webhookBody } from "../alerts/alerts.ts";
import type { AlertSettings, StoredAlertSettings } from "../alerts/settings.ts";
import type { Webhooks } from "../alerts/webhook.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Store } from "../ports.ts";
import type { ShareLinkRecord } from "../records/accounts.ts";
import { pageOf } from "../records/page.ts";
import { specOf } from "../records/tables.ts";
import { isRefused } from "../refusals.ts";
import type { Router } from "./mount.ts";

/** Alerts that a list shows. */
const MAX_ALERTS = 200;

export interface SettingServices {
  readonly clock: Clock;
  readonly store: Store;
  readonly access: Access;
  readonly alertSettings: AlertSettings;
  readonly webhooks: Webhooks;
  readonly audit: Audit;
}

export function settingRoutes(router: Router, services: SettingServices): void {
  const { store, access, alertSettings, webhooks, audit } = services;

  router.on(accessContracts.get, () => access.settings());
  router.on(accessContracts.set, async ({ caller, body }) => {
    await access.setPolicy(caller, body.policy);
    return await access.settings();
  });
  router.on(accessContracts.links, async ({ caller }) => ({
    items: (await access.links(caller)).map(linkView),
  }));
  router.on(accessContracts.createLink, async ({ caller, body }) => {
    const { name, room_id: roomId, hours } = body;
    const { link, token } = await access.createLink(caller, { name, roomId, hours });
    const query = new URLSearchParams(roomId ? { room: roomId, share: token } : { share: token });
    return { link: linkView(link), path: `/?${query}` };
  });
  router.on(accessContracts.removeLink, async ({ caller, params }) => {
    return await access.removeLink(caller, params.id) ?? { ok: true as const };
  });

  router.on(alerts.list, async ({ caller, query }) => {
    const state = query.state === "all" ? undefined : query.state;
    const rows = await store.alerts.list({
      where: { state },
      order: "desc",
      limit: 10 * MAX_ALERTS,
    });
    return { items: rows.filter((row) => sees(caller, row.owner_id)).slice(0, MAX_ALERTS) };
  });
  router.on(alerts.settings, async ({ caller }) => {
    const owner = caller.user.owner_id;
    return settingsView(await alertSettings.get(owner), owner);
  });
  router.on(alerts.change, async ({ caller, body }) => {
    const owner = caller.user.owner_id;
    const stored = await alertSettings.change(owner, body);
    if (isRefused(stored)) return stored;
    audit.record({ action: "alerts.change", by: caller });
    return settingsView(stored, owner);
  });
  router.on(alerts.test, async ({ caller }) => {
    const owner = caller.user.owner_id;
    const sample = {
      alert_id: "test",
      rule: "offline",
      state: "raised",
      subject: "Test",
      message: "This is a test of the alert webhook",
      raised_at: services.clock.epoch(),
    } as const;
    return await webhooks.deliver(owner, webhookBody(sample, owner));
  });

  router.on(audits.list, async ({ caller, query }) => {
    const { action = "", target, limit, cursor } = query;
    const table = { table: store.audit, spec: specOf("audit") };
    const page = await pageOf(table, {
      ...{ limit, cursor, order: "desc" },
      where: { owner_id: ownerFilter(caller), target },
      keep: (row) => row.action.startsWith(action),
    });
    if (isRefused(page)) return page;
    return { items: [...page.rows], ...(page.next === undefined ? {} : { next: page.next }) };
  });

  function settingsView({ rules, webhook }: StoredAlertSettings, owner: UserId) {
    const last_delivery = webhooks.lastDelivery(owner);
    return {
      rules,
      webhook: webhook
        ? { url: webhook.url, has_secret: webhook.secret_sealed !== undefined }
        : null,
      ...(last_delivery ? { last_delivery } : {}),
    };
  }
}

function linkView({ hash: _, owner_id: __, ...link }: ShareLinkRecord) {
  return link;
}
