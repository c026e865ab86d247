/**
 * The pass that a worker checks: what one session may do at this worker, signed by the coordinator with a key that it
 * gives this worker alone, anew with every connection. Text: `base64url(JSON) . base64url(HMAC-SHA256)`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import type { EpochMillis } from "./clock.ts";
import { AppId, RoomId, SessionId } from "./ids.ts";
import { Holder, RoomOwner, RoomRole } from "./pass.ts";

/** How long a pass may be handed in, in milliseconds. Once checked, it holds until a newer one or the session's end. */
export const PASS_LIFETIME = 60_000;

/** The ids of the credentials that a pass follows from. They are no secrets. */
export const PassProof = z.object({
  login_id: z.optional(Holder),
  share_id: z.optional(Holder),
  browser: z.optional(Holder),
});
export type PassProof = z.infer<typeof PassProof>;

/** The content of a signed pass. */
export const SessionPass = z.object({
  session_id: SessionId,
  /** The room that it opens; absent: a new one. */
  room_id: z.optional(RoomId),
  /** The app that it opens: that live picture, or a new room. */
  app_id: z.optional(AppId),
  role: RoomRole,
  /** The share link by which its player came. It is no secret: everybody in the room sees it. */
  link: z.optional(Holder),
  /** The picture is shown in the dashboard beside a stream's figures; it is not counted as a viewer. */
  preview: z.optional(z.literal(true)),
  /** The preview is one of many: it gets the small layer, whatever its link carries. */
  layer: z.optional(z.literal("small")),
  /** Whom a room that this session starts belongs to. */
  owner: RoomOwner,
  /** Whose saves this session may load; what it saves belongs to the first. */
  holders: z.array(Holder).check(z.minLength(1), z.maxLength(4)),
  /** Absent where no access control runs. The worker reports it in its hello. */
  proof: z.optional(PassProof),
  /** Milliseconds since 1970 after which it cannot be handed in. */
  expires_at: z.number(),
});
export type SessionPass = z.infer<typeof SessionPass>;

/** Longest text of a signed pass, in UTF-16 units. */
export const MAX_PASS_LENGTH = 1_200;

/** The text of a pass, signed with `key`. */
export function signPass(pass: SessionPass, key: string): string {
  const body = Buffer.from(JSON.stringify(pass)).toString("base64url");
  return `${body}.${signature(body, key)}`;
}

/** The pass in a text; `undefined` when it was not signed with `key`, was changed, or has expired. */
export function readPass(
  text: string,
  { key, now }: { readonly key: string; readonly now: EpochMillis },
): SessionPass | undefined {
  const [body = "", given = "", ...rest] = text.split(".");
  const expected = Buffer.from(signature(body, key));
  const shown = Buffer.from(given);
  if (rest.length > 0 || shown.length !== expected.length) return undefined;
  if (!timingSafeEqual(shown, expected)) return undefined;
  const pass = SessionPass.safeParse(JSON.parse(Buffer.from(body, "base64url").toString()));
  return pass.success && now < pass.data.expires_at ? pass.data : undefined;
}

function signature(body: string, key: string): string {
  return createHmac("sha256", key).update(body).digest("base64url");
}
