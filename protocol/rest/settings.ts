/**
 * REST: access to playing, the alert rules and their delivery, and the audit log.
 *
 * @module
 */
import * as z from "zod/mini";
import { LinkRole } from "../pass.ts";
import { RoomId, SenderId, StreamId, WorkerId } from "../ids.ts";
import { DisplayName } from "./accounts.ts";
import {
  ADMINS,
  contract,
  Done,
  EVERY_ROLE,
  LongPaging,
  OPERATORS,
  page,
  Paging,
} from "./contract.ts";

/** Who may play: every person, signed-in users, or signed-in users and people with a share link. */
export const AccessPolicy = z.enum(["anyone", "signed_in", "share_link"]);
export type AccessPolicy = z.infer<typeof AccessPolicy>;

/** The access to playing. */
export const AccessSettings = z.object({
  policy: AccessPolicy,
  /** False while it was never set: the default then depends on the bind address. */
  chosen: z.boolean(),
});

/** A link that lets people without an account play. */
export const ShareLink = z.object({
  share_id: z.string(),
  name: z.string(),
  /** Absent: the library, and what the fleet of its maker shows. */
  room_id: z.optional(RoomId),
  role: LinkRole,
  created_at: z.number(),
  expires_at: z.optional(z.number()),
});
export type ShareLink = z.infer<typeof ShareLink>;

/** The contracts of the access to playing. */
export const access = {
  get: contract({
    method: "GET",
    path: "/api/access",
    summary: "Tell who may play",
    access: "public",
    response: AccessSettings,
  }),
  set: contract({
    method: "PUT",
    path: "/api/access",
    summary: "Set who may play",
    access: ADMINS,
    body: z.object({ policy: AccessPolicy }),
    response: AccessSettings,
  }),
  links: contract({
    method: "GET",
    path: "/api/access/links",
    summary: "List share links",
    access: OPERATORS,
    query: LongPaging,
    response: page(ShareLink),
  }),
  createLink: contract({
    method: "POST",
    path: "/api/access/links",
    summary: "Make a share link; its secret is shown once",
    access: OPERATORS,
    body: z.object({
      name: DisplayName,
      room_id: z.optional(RoomId),
      /** What the link's holder may do there. */
      role: z._default(LinkRole, "player"),
      /** Hours until it expires; absent: it works until it is removed. */
      hours: z.optional(z.int().check(z.gte(1), z.lte(8760))),
    }),
    /** `path` is relative: `/?share=…`. */
    response: z.object({ link: ShareLink, path: z.string() }),
    status: 201,
  }),
  removeLink: contract({
    method: "DELETE",
    path: "/api/access/links/:id",
    summary: "Remove a share link",
    access: OPERATORS,
    params: z.object({ id: z.string().check(z.maxLength(64)) }),
    response: Done,
  }),
};

/** The rules that raise alerts. */
export const AlertRule = z.enum([
  "offline", // an enrolled sender is not connected
  "no_picture", // a live stream brings no picture
  "loss", // a live stream loses packets
  "low_signal", // a connected radio is weak
  "cpu", // a device is overloaded
  "worker_lost", // a worker is not connected
  "storage", // the coordinator or a worker cannot write to its disk
]);
export type AlertRule = z.infer<typeof AlertRule>;

/** An alert, raised or cleared. Times in milliseconds since 1970. */
export const Alert = z.object({
  alert_id: z.string(),
  rule: AlertRule,
  state: z.enum(["raised", "cleared"]),
  sender_id: z.optional(SenderId),
  stream_id: z.optional(StreamId),
  worker_id: z.optional(WorkerId),
  /** Name of the sender, stream or worker of the alert. */
  subject: z.string(),
  /** What is true now, or was when the alert was cleared: a sentence that does not repeat `subject`. */
  message: z.string(),
  raised_at: z.number(),
  cleared_at: z.optional(z.number()),
});
export type Alert = z.infer<typeof Alert>;

/** When a condition is met for `for_s` seconds the alert is raised; cleared as long past `clear`. */
const level = (raise: z.ZodMiniNumber, clear: z.ZodMiniNumber) =>
  z.object({ enabled: z.boolean(), raise, clear, for_s: z.number().check(z.gte(0), z.lte(3600)) });
const presence = z.object({
  enabled: z.boolean(),
  for_s: z.number().check(z.gte(0), z.lte(3600)),
});
const ratio = z.number().check(z.gte(0), z.lte(1));
const percent = z.number().check(z.gte(0), z.lte(100));
const dbm = z.number().check(z.gte(-150), z.lte(0));

/** When each alert is raised and cleared. */
export const AlertRules = z.object({
  offline: presence,
  no_picture: presence,
  worker_lost: presence,
  /** Absent in requests of older clients: the alert is raised at once. */
  storage: z._default(presence, { enabled: true, for_s: 0 }),
  /** 0 … 1; cleared below `clear`. */
  loss: level(ratio, ratio),
  /** dBm; raised below `raise`, cleared above `clear`. */
  low_signal: level(dbm, dbm),
  cpu: level(percent, percent),
});
export type AlertRules = z.infer<typeof AlertRules>;

/** The alert rules of a fleet, and the address that its alerts are posted to. */
export const AlertSettings = z.object({
  rules: AlertRules,
  /** Each alert is posted to this URL as JSON, with a signature in `X-Farpad-Signature` when there is a secret. */
  webhook: z.nullable(z.object({ url: z.string(), has_secret: z.boolean() })),
  /** The result of the newest delivery. */
  last_delivery: z.optional(
    z.object({ at: z.number(), ok: z.boolean(), detail: z.string() }),
  ),
});
export type AlertSettings = z.infer<typeof AlertSettings>;

/** The contracts of alerts. */
export const alerts = {
  list: contract({
    method: "GET",
    path: "/api/alerts",
    summary: "List alerts that are raised, or recent ones too: of the newest 2,000",
    access: EVERY_ROLE,
    query: z.extend(LongPaging, {
      state: z._default(z.enum(["raised", "all"]), "raised"),
    }),
    response: page(Alert),
  }),
  settings: contract({
    method: "GET",
    path: "/api/alerts/settings",
    summary: "Tell the alert rules and where alerts are posted",
    access: OPERATORS,
    response: AlertSettings,
  }),
  change: contract({
    method: "PUT",
    path: "/api/alerts/settings",
    summary: "Change alert rules or the webhook of one's fleet",
    access: OPERATORS,
    body: z.object({
      rules: z.optional(AlertRules),
      /** `null` removes it. */
      webhook: z.optional(
        z.nullable(
          z.object({
            url: z.string().check(z.trim(), z.maxLength(1024)),
            secret: z.optional(z.string().check(z.maxLength(200))),
          }),
        ),
      ),
    }),
    response: AlertSettings,
  }),
  test: contract({
    method: "POST",
    path: "/api/alerts/test",
    summary: "Post a test alert to the webhook and tell how it went",
    access: OPERATORS,
    response: z.object({ ok: z.boolean(), detail: z.string() }),
  }),
};

/** One recorded action. */
export const AuditEntry = z.object({
  audit_id: z.string(),
  at: z.number(),
  user_id: z.optional(z.string()),
  /** Email, or `device`, or `system`. */
  actor: z.string(),
  /** Dotted: `sender.create`, `stream.start`, `login.failed`. */
  action: z.string(),
  /** Id of the object of the action. */
  target: z.optional(z.string()),
  detail: z.optional(z.string()),
  address: z.optional(z.string()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** The contract of the audit log. */
export const audit = {
  list: contract({
    method: "GET",
    path: "/api/audit",
    summary: "List what was done, newest first",
    access: OPERATORS,
    query: z.extend(Paging, {
      /** Beginning of an action, such as `stream.`. */
      action: z.optional(z.string().check(z.maxLength(80))),
      target: z.optional(z.string().check(z.maxLength(80))),
    }),
    response: page(AuditEntry),
  }),
};
