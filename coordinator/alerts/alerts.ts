/**
 * Checks the alert rules every second, raises and clears alerts, stores them, and sends them to dashboards and
 * webhooks. An alert is sent at once and written when the store accepts it, since a full disk is an alert, too.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import { newPrefixedId, type UserId } from "../../protocol/ids.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Alert, AlertRule } from "../../protocol/rest/settings.ts";
import { defined } from "../accounts/audit.ts";
import { type AlertLife, isRaised, QUIET, step } from "../domain/alert.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Bus, Store } from "../ports.ts";
import type { AlertRecord } from "../records/fleet.ts";
import type { Finding } from "./readings.ts";
import type { Webhooks } from "./webhook.ts";

/** How often the rules are checked, in milliseconds. */
export const CHECK_PERIOD = 1_000;

/** How many alerts may wait for the store; beyond that the oldest are sent and not stored. */
const MAX_UNWRITTEN = 1_000;

/** How often the same reason why the rules cannot be checked is logged, in milliseconds. */
const FAULT_PERIOD = 600_000;
/** How often the sentence of a raised alert follows its figure, in milliseconds. */
const MESSAGE_PERIOD = 5_000;

/** The sentence of an alert whose subject is not read any more. */
const GONE: Readonly<Record<AlertRule, string>> = {
  offline: "The device is decommissioned.",
  cpu: "The device is decommissioned.",
  low_signal: "The device is decommissioned.",
  no_picture: "The stream is not live any more.",
  loss: "The stream is not live any more.",
  worker_lost: "The worker has been away for a day.",
  storage: "The worker is not listed any more.",
};

interface Watched {
  readonly life: AlertLife;
  /** The alert while it is raised. */
  readonly alert?: AlertRecord;
  /** When the newest sentence of the alert was published. */
  readonly saidAt?: Millis;
}

/** The dependencies of the alerts. */
export interface AlertPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bus: Bus<FleetEvent>;
  readonly webhooks: Webhooks;
  /** Reads the present value of every rule for every subject. */
  readonly read: () => Promise<readonly Finding[]>;
}

/** The alerts of all fleets. */
export class Alerts implements Disposable {
  #watched = new Map<string, Watched>();
  readonly #unwritten = new Map<string, AlertRecord>();
  readonly #ports: AlertPorts;
  #checking: Disposable | undefined;
  #busySince: Millis | undefined;
  /** Why the last check failed, and when that was logged. */
  #fault: { readonly text: string; readonly at: Millis } | undefined;

  constructor(ports: AlertPorts) {
    this.#ports = ports;
  }

  [Symbol.dispose](): void {
    this.#checking?.[Symbol.dispose]();
  }

  /** Loads the alerts that were raised before a restart, and begins to check the rules. */
  async start(): Promise<void> {
    const { store, clock } = this.#ports;
    for (const alert of await store.alerts.list({ where: { state: "raised" } })) {
      const id = alert.stream_id ?? alert.sender_id ?? alert.worker_id ?? "";
      this.#watched.set(`${alert.rule}:${id}`, {
        life: { state: "raised", at: clock.epoch() },
        alert,
      });
    }
    this.#checking = every(clock, CHECK_PERIOD, () => void this.readings());
  }

  /** The alerts that are raised now. */
  get raised(): readonly AlertRecord[] {
    return [...this.#watched.values()].flatMap(({ alert }) => alert ? [alert] : []);
  }

  /** `rows` of the store, newest first, with the alerts that wait to be written in their places. */
  overlay(rows: readonly AlertRecord[]): readonly AlertRecord[] {
    if (this.#unwritten.size === 0) return rows;
    const written = rows.filter(({ alert_id }) => !this.#unwritten.has(alert_id));
    return [...written, ...this.#unwritten.values()].sort((a, b) => b.raised_at - a.raised_at);
  }

  /** Checks all rules once. Does nothing while an earlier check still runs. */
  async readings(): Promise<void> {
    const { clock, log } = this.#ports;
    if (this.#busySince !== undefined) return;
    this.#busySince = clock.now();
    try {
      this.#apply(await this.#ports.read());
      await this.#write();
      this.#fault = undefined;
    } catch (error) {
      const text = errorText(error);
      const now = clock.now();
      const isNew = this.#fault?.text !== text || now - this.#fault.at >= FAULT_PERIOD;
      if (isNew) {
        this.#fault = { text, at: now };
        log.error("alerts not checked", { error });
      }
    } finally {
      this.#busySince = undefined;
    }
  }

  #apply(findings: readonly Finding[]): void {
    const now = this.#ports.clock.epoch();
    const before = this.#watched;
    const after = new Map<string, Watched>();
    for (const finding of findings) {
      const watched = before.get(finding.key) ?? { life: QUIET };
      before.delete(finding.key);
      const life = step(watched.life, finding.reading, { now, forMs: finding.forMs });
      const next = this.#follow(watched, life, finding);
      if (next.life.state !== "quiet") after.set(finding.key, next);
    }
    // The alert of a subject that no rule reads any more, such as an ended stream, is cleared.
    for (const { alert } of before.values()) if (alert) this.#clear(alert, GONE[alert.rule]);
    this.#watched = after;
  }

  #follow(watched: Watched, life: AlertLife, finding: Finding): Watched {
    const { alert } = watched;
    const now = this.#ports.clock.now();
    if (isRaised(life) && !alert) return { life, alert: this.#raise(finding), saidAt: now };
    if (!isRaised(life) && alert) this.#clear(alert, finding.message);
    if (!isRaised(life) || !alert) return { life };
    const { saidAt = -Infinity } = watched;
    if (alert.message === finding.message || now - saidAt < MESSAGE_PERIOD) {
      return { ...watched, life };
    }
    const current = { ...alert, message: finding.message };
    this.#keep(current);
    this.#publish(current);
    return { life, alert: current, saidAt: now };
  }

  #raise(finding: Finding): AlertRecord {
    const { rule, subject, message, ownerId, sender_id, stream_id, worker_id } = finding;
    const alert: AlertRecord = {
      alert_id: newPrefixedId("alr", this.#ports),
      rule,
      state: "raised",
      subject,
      message,
      raised_at: this.#ports.clock.epoch(),
      ...defined({ sender_id, stream_id, worker_id, owner_id: ownerId }),
    };
    this.#changed(alert);
    return alert;
  }

  /** `message`: what is true now that the alert is over. */
  #clear(raised: AlertRecord, message: string): void {
    const cleared_at = this.#ports.clock.epoch();
    this.#changed({ ...raised, state: "cleared", message, cleared_at });
  }

  #changed(alert: AlertRecord): void {
    this.#keep(alert);
    this.#report(alert);
  }

  #keep(alert: AlertRecord): void {
    this.#unwritten.set(alert.alert_id, alert);
    const [oldest] = this.#unwritten.keys();
    if (this.#unwritten.size > MAX_UNWRITTEN && oldest) this.#unwritten.delete(oldest);
  }

  /** Writes the alerts that wait for the store. */
  async #write(): Promise<void> {
    const { alerts } = this.#ports.store;
    for (const [id, alert] of this.#unwritten) {
      const { after } = await alerts.update(id, () => alert);
      if (!after) await alerts.insert(alert);
      this.#unwritten.delete(id);
    }
  }

  #publish({ owner_id, ...alert }: AlertRecord): void {
    this.#ports.bus.publish({ type: "alert", alert, ownerId: owner_id });
  }

  #report(record: AlertRecord): void {
    const { webhooks, log } = this.#ports;
    const { owner_id, ...alert } = record;
    log.info(`alert ${alert.state}`, { rule: alert.rule, subject: alert.subject });
    this.#publish(record);
    if (owner_id) webhooks.enqueue(owner_id, webhookBody(alert, owner_id));
  }
}

/** The body of a webhook. */
export function webhookBody(alert: Alert, owner: UserId): Record<string, unknown> {
  return { type: "farpad.alert", version: 1, owner_id: owner, alert };
}
