/**
 * The alert rules and the webhook of each fleet, stored for each owner. The webhook's secret is sealed.
 *
 * @module
 */
import * as z from "zod/mini";
import type { UserId } from "../../protocol/ids.ts";
import { AlertRules } from "../../protocol/rest/settings.ts";
import { readHttp, writeHttp } from "../../protocol/addresses/http.ts";
import { findReachable, type ReachRules } from "../../protocol/addresses/reach.ts";
import type { Store } from "../ports.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import type { Sealer } from "../secrets/seal.ts";

const Stored = z.object({
  rules: AlertRules,
  webhook: z.optional(z.object({ url: z.string(), secret_sealed: z.optional(z.string()) })),
});
/** The alert settings of an owner as they are stored. */
export type StoredAlertSettings = z.infer<typeof Stored>;

/** The rules of a fleet that has changed none. `for_s`: how long a condition must hold, in seconds. */
export const DEFAULT_RULES: AlertRules = {
  offline: { enabled: true, for_s: 30 },
  no_picture: { enabled: true, for_s: 10 },
  worker_lost: { enabled: true, for_s: 30 },
  storage: { enabled: true, for_s: 0 },
  loss: { enabled: true, raise: 0.05, clear: 0.02, for_s: 15 },
  low_signal: { enabled: true, raise: -105, clear: -100, for_s: 30 },
  cpu: { enabled: true, raise: 90, clear: 80, for_s: 30 },
};

const NONE: StoredAlertSettings = { rules: DEFAULT_RULES };

/** The address that alerts are posted to, and the key that signs them. */
export interface Webhook {
  readonly url: string;
  readonly secret?: string | undefined;
}

/** The parts of the settings to change. */
export interface AlertChange {
  readonly rules?: AlertRules | undefined;
  /** `null` removes it. Without a `secret`, the present secret stays if the address stays. */
  readonly webhook?: Webhook | null | undefined;
}

/** The alert settings of all owners. */
export type AlertSettings = ReturnType<typeof createAlertSettings>;

/** Creates the service that keeps alert settings. */
export function createAlertSettings(
  { store, sealer, rules }: { store: Store; sealer: Sealer; rules: ReachRules },
) {
  const known = new Map<UserId, StoredAlertSettings>();
  const nameOf = (owner: UserId) => `alerts:${owner}`;

  /** The settings of an owner. Settings in another form, such as an older release's, count as not set. */
  async function get(owner: UserId): Promise<StoredAlertSettings> {
    const cached = known.get(owner);
    if (cached) return cached;
    const found = Stored.safeParse((await store.settings.get(nameOf(owner)))?.value).data ?? NONE;
    known.set(owner, found);
    return found;
  }

  async function webhookOf(
    owner: UserId,
    change: Webhook,
    before: StoredAlertSettings["webhook"],
  ): Promise<StoredAlertSettings["webhook"] | Refused> {
    const address = readHttp(change.url);
    if ("error" in address) return refused("url_forbidden", address.error);
    const reachable = await findReachable(address.host, rules);
    if ("error" in reachable) return refused("url_forbidden", reachable.error);
    const url = writeHttp(address);
    const kept = before?.url === url ? before.secret_sealed : undefined;
    const secret_sealed = change.secret ? sealer.seal(change.secret, nameOf(owner)) : kept;
    return { url, ...(secret_sealed === undefined ? {} : { secret_sealed }) };
  }

  return {
    get,

    async change(owner: UserId, change: AlertChange): Promise<StoredAlertSettings | Refused> {
      const before = await get(owner);
      const webhook = change.webhook
        ? await webhookOf(owner, change.webhook, before.webhook)
        : change.webhook === null
        ? undefined
        : before.webhook;
      if (isRefused(webhook)) return webhook;
      const after = { rules: change.rules ?? before.rules, ...(webhook ? { webhook } : {}) };
      const row = { name: nameOf(owner), value: after };
      const updated = await store.settings.update(row.name, () => row);
      if (!updated.after) await store.settings.insert(row);
      known.set(owner, after);
      return after;
    },

    /** The webhook of an owner, with the secret opened. */
    async webhook(owner: UserId): Promise<Webhook | undefined> {
      const { webhook } = await get(owner);
      if (!webhook) return undefined;
      const { url, secret_sealed } = webhook;
      const secret = secret_sealed && sealer.open(secret_sealed, nameOf(owner));
      return { url, secret };
    },
  };
}
