/**
 * The audit log: which person or device did what to what, and when. An entry is written after the action; a failure
 * to write it is logged and does not undo the action.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, type UserId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Store } from "../ports.ts";
import type { Caller } from "./caller.ts";

/** An action that the audit log records. */
export interface AuditedAction {
  /** Dotted: `sender.create`. */
  readonly action: string;
  /** The caller; or an email that failed to sign in, `device`, or `system`. */
  readonly by: Caller | string;
  readonly target?: string | undefined;
  /** In words; never a secret. */
  readonly detail?: string | undefined;
  /** The owner of the fleet that it concerns; the caller's owner by default. */
  readonly ownerId?: UserId | undefined;
  readonly address?: string | undefined;
}

/** Writes the audit log. */
export interface Audit {
  record(audited: AuditedAction): void;
}

/** Creates an audit log that writes to the store. */
export function createAudit(
  ports: { store: Store; clock: Clock; random: Random; log: Log },
): Audit {
  return {
    record({ action, by, target, detail, ownerId, address }) {
      const caller = typeof by === "string" ? undefined : by;
      const row = {
        audit_id: newPrefixedId("aud", ports),
        at: ports.clock.epoch(),
        actor: caller ? actorOf(caller) : String(by),
        action,
        ...defined({
          user_id: caller?.user.user_id,
          target,
          detail: detail?.slice(0, 400),
          address: address ?? caller?.address,
          owner_id: ownerId ?? caller?.user.owner_id,
        }),
      };
      ports.log.info("audit", { action, actor: row.actor, target });
      ports.store.audit.insert(row).catch((error) =>
        ports.log.error("audit not written", { error })
      );
    },
  };
}

/** `ada@example.org`, or `ada@example.org by token Grafana`. */
function actorOf({ user, apiToken }: Caller): string {
  return apiToken === undefined ? user.email : `${user.email} by token ${apiToken}`;
}

/** `parts` without those that are undefined. */
export function defined<T extends Record<string, unknown>>(
  parts: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(parts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
