/**
 * Looks at the fleet every second, raises and clears alerts, keeps them, and tells the dashboard and the webhook.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import { newPrefixedId, type UserId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Alert } from "../../protocol/rest/settings.ts";
import { defined } from "../accounts/audit.ts";
import { type AlertLife, isRaised, QUIET, step } from "../domain/alert.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Bus, Store } from "../ports.ts";
import type { AlertRecord } from "../records/fleet.ts";
import type { Finding } from "./readings.ts";
import type { Webhooks } from "./webhook.ts";

/** How often the rules are read, in milliseconds. */
export const LOOK_PERIOD = 1_000;

interface Watched {
  readonly life: AlertLife;
  /** The alert while it is raised. */
  readonly alert?: AlertRecord;
}

export interface AlertPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bus: Bus<FleetEvent>;
  readonly webhooks: Webhooks;
  /** Every rule on everything, as it reads now. */
  readonly read: () => Promise<readonly Finding[]>;
}

export class Alerts implements Disposable {
  #watched = new Map<string, Watched>();
  readonly #ports: AlertPorts;
  #looking: Disposable | undefined;
  #busySince: Millis | undefined;

  constructor(ports: AlertPorts) {
    this.#ports = ports;
  }

  [Symbol.dispose](): void {
    this.#looking?.[Symbol.dispose]();
  }

  /** Takes up the alerts that were raised before a restart, and begins to look. */
  async start(): Promise<void> {
    const { store, clock } = this.#ports;
    for (const alert of await store.alerts.list({ where: { state: "raised" } })) {
      const id = alert.stream_id ?? alert.sender_id ?? alert.worker_id ?? "";
      this.#watched.set(`${alert.rule}:${id}`, {
        life: { state: "raised", at: clock.epoch() },
        alert,
      });
    }
    this.#looking = every(clock, LOOK_PERIOD, () => void this.look());
  }

  /** Reads all rules once. A look that takes longer than the period is not overtaken. */
  async look(): Promise<void> {
    const { clock, log } = this.#ports;
    if (this.#busySince !== undefined) return;
    this.#busySince = clock.now();
    try {
      await this.#judge(await this.#ports.read());
    } catch (error) {
      log.error("alerts not read", { error });
    } finally {
      this.#busySince = undefined;
    }
  }

  async #judge(findings: readonly Finding[]): Promise<void> {
    const now = this.#ports.clock.epoch();
    const before = this.#watched;
    const after = new Map<string, Watched>();
    for (const finding of findings) {
      const watched = before.get(finding.key) ?? { life: QUIET };
      before.delete(finding.key);
      const life = step(watched.life, finding.reading, { now, forMs: finding.forMs });
      const next = await this.#follow(watched, life, finding);
      if (next.life.state !== "quiet") after.set(finding.key, next);
    }
    // What is not looked at any more, such as a stream that ended, has nothing to be alarmed about.
    for (const { alert } of before.values()) if (alert) await this.#clear(alert);
    this.#watched = after;
  }

  async #follow(watched: Watched, life: AlertLife, finding: Finding): Promise<Watched> {
    const { alert } = watched;
    if (isRaised(life) && !alert) return { life, alert: await this.#raise(finding) };
    if (!isRaised(life) && alert) await this.#clear(alert);
    return isRaised(life) && alert ? { life, alert } : { life };
  }

  async #raise(finding: Finding): Promise<AlertRecord> {
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
    await this.#ports.store.alerts.insert(alert);
    this.#tell(alert);
    return alert;
  }

  async #clear(raised: AlertRecord): Promise<void> {
    const cleared_at = this.#ports.clock.epoch();
    const alert: AlertRecord = { ...raised, state: "cleared", cleared_at };
    await this.#ports.store.alerts.update(alert.alert_id, () => alert);
    this.#tell(alert);
  }

  #tell({ owner_id, ...alert }: AlertRecord): void {
    const { bus, webhooks, log } = this.#ports;
    log.info(`alert ${alert.state}`, { rule: alert.rule, subject: alert.subject });
    bus.publish({ type: "alert", alert, ownerId: owner_id });
    if (owner_id) webhooks.enqueue(owner_id, webhookBody(alert, owner_id));
  }
}

/** What a webhook is sent. */
export function webhookBody(alert: Alert, owner: UserId): Record<string, unknown> {
  return { type: "farpad.alert", version: 1, owner_id: owner, alert };
}
