/**
 * The settings that operators push to devices, by version: keeps the newest versions of each device, sends the wanted one
 * while the device is online, and notes what became of it.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type {
  PushedValues,
  SettingsPush,
  SettingsReport,
} from "../../protocol/field/pushed_settings.ts";
import type { SenderId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import {
  type DeviceSettings as View,
  type DeviceSettingsVersion,
  KEPT_VERSIONS,
} from "../../protocol/rest/devices.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Caller } from "../accounts/caller.ts";
import type { Bus } from "../ports.ts";
import type { SenderRecord } from "../records/fleet.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import type { Agents } from "./agents.ts";
import type { FleetEvent } from "./events.ts";
import type { Live } from "./live.ts";
import type { Senders } from "./senders.ts";

/** Refusals that end by themselves: the version is sent again with a later report. */
const PASSING = [
  "settings.busy",
  "settings.streaming",
  "agent_no_answer",
  "sender_offline",
  "busy",
];

interface Ports {
  readonly clock: Clock;
  readonly log: Log;
  readonly bus: Bus<FleetEvent>;
  readonly audit: Audit;
  readonly agents: Agents;
  readonly live: Live;
  readonly senders: Pick<Senders, "changeSettings">;
}

/** The pushed settings of all devices. */
export class DeviceSettings implements Disposable {
  readonly #ports: Ports;
  readonly #listening: Disposable;
  /** The newest report of each device whose wanted version it settles: nothing is left to do until another comes. */
  readonly #settled = new Map<SenderId, string>();
  /** Devices whose report is being handled, with the newest report that came meanwhile. */
  readonly #busy = new Map<SenderId, SettingsReport | undefined>();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#listening = ports.bus.subscribe((event) => {
      if (event.type !== "status" || !event.status.settings) return;
      this.#reported(event.senderId, event.status.settings).catch((error) =>
        ports.log.error("settings of a device not handled", { sender: event.senderId, error })
      );
    });
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  /** The versions of a device, and what it reported. */
  view({ sender_id, settings = [] }: SenderRecord): View {
    const { status } = this.#ports.live.device(sender_id);
    const report = status?.value.settings;
    return {
      versions: settings,
      ...(status && report && { report: { at: status.at, ...report } }),
    };
  }

  /** Makes a new version, and sends it if the device is online. */
  async push(
    caller: Caller,
    sender: SenderRecord,
    { values, while_streaming }: Pick<SettingsPush, "values" | "while_streaming">,
  ): Promise<View | Refused> {
    const { clock, log, audit, live, senders } = this.#ports;
    const { sender_id: id, name, owner_id: ownerId } = sender;
    const report = live.device(id).status?.value.settings;
    if (sender.life.state !== "enrolled") {
      return refused(
        "sender_not_enrolled",
        `Cannot push settings: ${name} is ${sender.life.state}`,
      );
    }
    let version = 0;
    const versions = await senders.changeSettings(id, (known) => {
      // A device may know of later versions than a coordinator whose store was put back.
      version = 1 +
        Math.max(known[0]?.version ?? 0, report?.version ?? 0, report?.rolled_back?.version ?? 0);
      const made = {
        ...{ version, values, at: clock.epoch(), by: caller.user.email },
        ...(while_streaming && { while_streaming }),
      };
      return [made, ...known].slice(0, KEPT_VERSIONS);
    });
    audit.record({
      ...{ action: "sender.settings", by: caller, target: id, ownerId },
      detail: `${name}, version ${version}: ${valuesWords(values)}`,
    });
    this.#settled.delete(id);
    // The answer does not wait for the device, which starts again: the versions show what becomes of this one.
    const failed = (error: unknown) => log.error("settings not sent", { sender: id, error });
    if (report) this.#reported(id, report).catch(failed);
    return this.view({ ...sender, settings: [...versions] });
  }

  /** Handles the reports of a device one after the other; of those that wait the newest. */
  async #reported(id: SenderId, report: SettingsReport): Promise<void> {
    if (this.#busy.has(id)) return void this.#busy.set(id, report);
    let next: SettingsReport | undefined = report;
    try {
      while (next) {
        this.#busy.set(id, undefined);
        await this.#compare(id, next);
        next = this.#busy.get(id);
      }
    } finally {
      this.#busy.delete(id);
    }
  }

  /** Notes what a report says of the versions, and sends the wanted one if it is due. */
  async #compare(id: SenderId, report: SettingsReport): Promise<void> {
    const text = JSON.stringify(report);
    if (this.#settled.get(id) === text) return;
    const at = this.#ports.clock.epoch();
    const [wanted] = await this.#ports.senders.changeSettings(id, (all) => noted(all, report, at));
    if (wanted && isDue(wanted, report)) await this.#send(id, wanted);
    else this.#settled.set(id, text);
  }

  async #send(
    id: SenderId,
    { version, values, while_streaming = false }: DeviceSettingsVersion,
  ): Promise<void> {
    const { agents, senders, log, clock } = this.#ports;
    const payload = { version, values, while_streaming };
    const answer = await agents.command(id, "settings.push", payload);
    if (!isRefused(answer)) return;
    const { code, message: reason } = answer.refusal;
    log.warn("settings not taken", { sender: id, version, code, reason });
    if (PASSING.includes(code)) return;
    const outcome = { state: "refused" as const, at: clock.epoch(), reason };
    await senders.changeSettings(id, (all) => withOutcome(all, version, outcome));
  }
}

type Versions = readonly DeviceSettingsVersion[];

/** The versions with what a report says of them. */
function noted(all: Versions, report: SettingsReport, at: number): Versions {
  const { version, on_trial, rolled_back } = report;
  const taken = on_trial ? all : withOutcome(all, version, { state: "taken", at });
  if (!rolled_back) return taken;
  const { reason } = rolled_back;
  return withOutcome(taken, rolled_back.version, { state: "rolled_back", at, reason });
}

/** The versions with an outcome of one; the same object when it has that outcome. */
function withOutcome(
  all: Versions,
  version: number,
  outcome: NonNullable<DeviceSettingsVersion["outcome"]>,
): Versions {
  const known = all.find((each) => each.version === version);
  if (!known || known.outcome?.state === outcome.state) return all;
  return all.map((each) => each === known ? { ...each, outcome } : each);
}

/** Whether the wanted version has to be sent: it is neither in force nor was it refused or taken back. */
function isDue({ version, outcome }: DeviceSettingsVersion, report: SettingsReport): boolean {
  if (report.on_trial || report.version === version) return false;
  return outcome === undefined || outcome.state === "taken";
}

/** Values for the audit log: `log_level = debug`. */
function valuesWords(values: PushedValues): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  return pairs.length === 0 ? "the box's own settings" : pairs.join(", ");
}
