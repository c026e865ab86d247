/**
 * The audit log: who did what to what, and when. Written after the deed; a failure to write is logged and does
 * not undo it.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { newPrefixedId, type UserId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Store } from "../ports.ts";
import type { Caller } from "./caller.ts";

export interface Deed {
  /** Dotted: `sender.create`. */
  readonly action: string;
  /** A caller; or who else did it: an email that failed to sign in, `device`, `system`. */
  readonly by: Caller | string;
  readonly target?: string | undefined;
  /** In words; never a secret. */
  readonly detail?: string | undefined;
  /** Whose fleet it concerns; the caller's unless told. */
  readonly ownerId?: UserId | undefined;
  readonly address?: string | undefined;
}

export interface Audit {
  record(deed: Deed): void;
}

export function createAudit(
  ports: { store: Store; clock: Clock; random: Random; log: Log },
): Audit {
  return {
    record({ action, by, target, detail, ownerId, address }) {
      const caller = typeof by === "string" ? undefined : by;
      const row = {
        audit_id: newPrefixedId("aud", ports),
        at: ports.clock.epoch(),
        actor: caller ? caller.user.email : String(by),
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

/** `parts` without those that are undefined. */
export function defined<T extends Record<string, unknown>>(
  parts: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(parts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
