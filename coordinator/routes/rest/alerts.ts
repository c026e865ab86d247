/**
 * REST: alerts, and the settings of alert rules and their webhook.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { UserId } from "../../../protocol/ids.ts";
import { alerts as contracts } from "../../../protocol/rest/settings.ts";
import type { Audit } from "../../accounts/audit.ts";
import { sees } from "../../accounts/caller.ts";
import { type Alerts, webhookBody } from "../../alerts/alerts.ts";
import type { AlertSettings, StoredAlertSettings } from "../../alerts/settings.ts";
import type { Webhooks } from "../../alerts/webhook.ts";
import type { Store } from "../../ports.ts";
import { listAnswer, pageInMemory } from "../../records/page.ts";
import { timeKey } from "../../records/table.ts";
import { isRefused } from "../../refusals.ts";
import type { Router } from "./router.ts";

/** The most alerts that the list looks at, newest first. */
const MAX_ALERTS = 2_000;

/** What {@linkcode alertRoutes} calls. */
export interface AlertServices {
  readonly clock: Clock;
  readonly store: Store;
  readonly alerts: Pick<Alerts, "overlay">;
  readonly alertSettings: AlertSettings;
  readonly webhooks: Webhooks;
  readonly audit: Audit;
}

/** Adds the routes of alerts and their settings. */
export function alertRoutes(router: Router, services: AlertServices): void {
  const { store, alertSettings, webhooks, audit } = services;

  router.on(contracts.list, async ({ caller, query }) => {
    const state = query.state === "all" ? undefined : query.state;
    const rows = await store.alerts.list({ where: { state }, order: "desc", limit: MAX_ALERTS });
    const shown = services.alerts.overlay(rows)
      .filter((row) => sees(caller, row.owner_id) && (state ?? row.state) === row.state);
    const { limit, cursor } = query;
    const page = pageInMemory(shown, {
      ...{ limit, cursor, order: "desc" },
      position: ({ raised_at, alert_id }) => ({ sort: timeKey(raised_at), id: alert_id }),
    });
    return listAnswer(page, (row) => row);
  });
  router.on(contracts.settings, async ({ caller }) => {
    const owner = caller.user.owner_id;
    return settingsView(await alertSettings.get(owner), owner);
  });
  router.on(contracts.change, async ({ caller, body }) => {
    const owner = caller.user.owner_id;
    const stored = await alertSettings.change(owner, body);
    if (isRefused(stored)) return stored;
    const detail = [...(body.rules ? ["rules"] : []), ...("webhook" in body ? ["webhook"] : [])];
    audit.record({ action: "alerts.change", by: caller, detail: detail.join(" and ") });
    return settingsView(stored, owner);
  });
  router.on(contracts.test, async ({ caller }) => {
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
