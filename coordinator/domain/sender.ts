/**
 * The states of a field device's identity, from invitation to decommission. Only this file decides which key is
 * valid.
 *
 * ```text
 *  invited ──token spent──▶ enrolled ──revoked──▶ revoked
 *     │  ▲                   │  ▲ └─ new token spent: the new key replaces the old one
 *     └──┘ new token         └──┘ new token: the old key stays valid until the token is spent
 *  invited ──revoked──▶ revoked
 * ```
 *
 * One step spends the token and binds the key, so there is never a spent token without a key.
 *
 * @module
 */
import * as z from "zod/mini";
import type { EpochMillis } from "../../protocol/clock.ts";
import { DevicePublicKey } from "../../protocol/legs/agent_leg.ts";

/** How long an enrolment token can be used, in milliseconds. */
export const TOKEN_LIFETIME = 24 * 3_600_000;

/** An open invitation: the hash of its secret and when it ends, milliseconds since 1970. */
export const Invite = z.object({ hash: z.string(), expires_at: z.number() });
export type Invite = z.infer<typeof Invite>;

/** The state of a sender's identity. */
export const SenderLife = z.discriminatedUnion("state", [
  z.object({ state: z.literal("invited"), invite: Invite }),
  z.object({
    state: z.literal("enrolled"),
    key: DevicePublicKey,
    enrolled_at: z.number(),
    invite: z.optional(Invite),
  }),
  z.object({ state: z.literal("revoked"), revoked_at: z.number() }),
]);
export type SenderLife = z.infer<typeof SenderLife>;

/** An event that may change the state. */
export type SenderEvent =
  | { readonly type: "invited"; readonly hash: string }
  /** `matches`: whether the token's secret has this hash, compared in constant time. */
  | {
    readonly type: "enrolled";
    readonly key: string;
    readonly matches: (hash: string) => boolean;
  }
  | { readonly type: "revoked" };

/** Why an event was refused. */
export type SenderRefusal = "token_wrong" | "token_used" | "token_expired" | "revoked";

/** The state of a new sender, with a valid token. */
export function invite(hash: string, now: EpochMillis): SenderLife {
  return { state: "invited", invite: { hash, expires_at: now + TOKEN_LIFETIME } };
}

/** The state after an event, or the reason why the event is refused. */
export function step(
  life: SenderLife,
  event: SenderEvent,
  now: EpochMillis,
): SenderLife | SenderRefusal {
  if (life.state === "revoked") return "revoked";
  switch (event.type) {
    case "invited": {
      const fresh = { hash: event.hash, expires_at: now + TOKEN_LIFETIME };
      return { ...life, invite: fresh };
    }
    case "enrolled": {
      if (!life.invite) return "token_used";
      if (!event.matches(life.invite.hash)) return "token_wrong";
      if (now >= life.invite.expires_at) return "token_expired";
      return { state: "enrolled", key: event.key, enrolled_at: now };
    }
    case "revoked":
      return { state: "revoked", revoked_at: now };
  }
}
