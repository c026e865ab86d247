/**
 * REST: what operators ask of the device of a sender, besides its streams.
 *
 * @module
 */
import { devices as contracts } from "../../../../protocol/rest/devices.ts";
import type { Audit } from "../../../accounts/audit.ts";
import type { Agents } from "../../../fleet/agents.ts";
import type { Live } from "../../../fleet/live.ts";
import type { Senders } from "../../../fleet/senders.ts";
import type { Views } from "../../../fleet/views.ts";
import { isRefused } from "../../../refusals.ts";
import type { DeviceSettings } from "../../../fleet/device_settings.ts";
import type { LocalControl } from "../../../streams/local_control.ts";
import type { Router } from "../router.ts";

/** What {@linkcode deviceRoutes} calls. */
export interface DeviceServices {
  readonly senders: Senders;
  readonly agents: Agents;
  readonly audit: Audit;
  readonly live: Live;
  readonly views: Views;
  readonly localControl: LocalControl;
  readonly deviceSettings: DeviceSettings;
}

/** Adds the routes of devices. */
export function deviceRoutes(router: Router, services: DeviceServices): void {
  const { senders, agents, audit, live, views, localControl, deviceSettings } = services;

  router.on(contracts.log, async ({ caller, params, body }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    const { sender_id: target, name: detail, owner_id: ownerId } = row;
    const answer = await agents.command(target, "logs.read", body);
    if (!isRefused(answer)) {
      audit.record({ action: "sender.log", by: caller, target, detail, ownerId });
    }
    return answer;
  });
  router.on(contracts.absences, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    return isRefused(row) ? row : { absences: [...live.absences(row.sender_id)] };
  });
  router.on(contracts.settings, async ({ caller, params }) => {
    const row = await senders.get(caller, params.id);
    return isRefused(row) ? row : deviceSettings.view(row);
  });
  router.on(contracts.pushSettings, async ({ caller, params, body }) => {
    const row = await senders.get(caller, params.id);
    return isRefused(row) ? row : await deviceSettings.push(caller, row, body);
  });
  router.on(contracts.localControl, async ({ caller, params, body }) => {
    const row = await senders.get(caller, params.id);
    if (isRefused(row)) return row;
    await localControl.set(caller, row, body.on);
    const after = await senders.get(caller, params.id);
    return isRefused(after) ? after : await views.sender(after);
  });
}
