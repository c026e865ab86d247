/**
 * Every reason for which a request is refused, on any leg and over REST. The list is closed: another code does
 * not compile. Pages choose their words by the code; docs/PROTOCOL.md §13 explains each code.
 *
 * @module
 */
import * as z from "zod/mini";

/** Faults of the message itself. */
const MESSAGE = [
  "message.too_large",
  "message.malformed",
  "message.unknown",
  "message.invalid",
  "internal",
] as const;

/** Requests of a browser to its worker, which the coordinator relays, or which go straight to the room. */
const PLAY = [
  "session.none",
  "session.no_place",
  "session.unknown",
  "target.none",
  "room.unknown",
  "room.no_capacity",
  "room.full",
  "room.crowded",
  "room.busy",
  "room.empty",
  "room.forbidden",
  "app.forbidden",
  "role.watcher",
  "role.host",
  "share.forbidden",
  "share.unknown",
  "pass.invalid",
  "worker.unseen",
  "worker.credential",
  "worker.taken",
  "app.unknown",
  "app.unavailable",
  "app.failed",
  "app.elsewhere",
  "app.live",
  "peer.unknown",
  "webrtc.failed",
  "webrtc.refused",
  "seat.taken",
  "seat.asked",
  "seat.wait",
  "seat.unknown",
  "seat.none",
  "seat.needed",
  "seat.locked",
  "person.unknown",
  "announce.needed",
  "announce.version",
  "chat.closed",
  "chat.rate",
  "topic.forbidden",
  "screenshot.none",
  "track.unknown",
  "track.forbidden",
  "asset.failed",
  "save.impossible",
  "save.unwritable",
  "save.none",
  "save.unusable",
  "save.unreadable",
  "save.foreign",
  "save.full",
  "save.unknown",
  "option.unknown",
  "option.value",
  "reset.impossible",
  "rewind.impossible",
  "record.unavailable",
  "record.space",
  "record.empty",
  "record.failed",
  "record.busy",
  "recording.unknown",
] as const;

/** Field streams: the coordinator, the worker that receives and the device that sends. */
const FIELD = [
  "ingest.unknown",
  "ingest.refused",
  "ingest.failed",
  "stream.none",
  "stream.busy",
  "stream.link",
  "config.not_hot",
  "config.timeout",
] as const;

/** Updates of an agent. */
const UPDATE = [
  "update.unmanaged",
  "update.busy",
  "update.streaming",
  "update.url",
  "update.signature",
  "update.downgrade",
] as const;

/** Settings that operators push to an agent. */
const SETTINGS = [
  "settings.unmanaged",
  "settings.busy",
  "settings.streaming",
  "settings.unusable",
  "settings.unwritable",
] as const;

/** Connections that were not opened or not accepted. */
const CONNECTION = [
  "upgrade",
  "restart",
  "host",
  "origin",
  "query",
  "rate",
  "too_many",
  "forged",
  "timeout",
] as const;

/** REST, and requests of operators and devices over their sockets. */
const SERVICE = [
  "bad_request",
  "url_forbidden",
  "unauthenticated",
  "credentials_wrong",
  "code_needed",
  "code_wrong",
  "token_wrong",
  "token_used",
  "token_expired",
  "forbidden",
  "access",
  "metrics",
  "not_found",
  "conflict",
  "email_taken",
  "in_use",
  "sender_offline",
  "sender_busy",
  "sender_not_enrolled",
  "not_streaming",
  "agent_refused",
  "agent_no_answer",
  "worker_refused",
  "worker_no_answer",
  "too_large",
  "busy",
  "no_receiver",
  "no_ports",
  "storage",
] as const;

/** Found by the requesting end itself, so never sent. */
const LOCAL = [
  "link.down",
  "link.lost",
  "link.timeout",
  "link.replaced",
  "link.invalid",
  "webrtc.no_answer",
  "unreachable",
  "answer_malformed",
  "status",
  "other",
] as const;

/** Every code that a message or a REST answer may carry. */
export const SENT_CODES = [
  ...MESSAGE,
  ...PLAY,
  ...FIELD,
  ...UPDATE,
  ...SETTINGS,
  ...CONNECTION,
  ...SERVICE,
] as const;

/** A code of another version of the protocol is read as `other`: it is still a refusal. */
export const RefusalCode = z.pipe(
  z.string().check(z.maxLength(64)),
  z.catch(z.enum([...SENT_CODES, ...LOCAL]), "other"),
);
export type RefusalCode = z.infer<typeof RefusalCode>;

/** The details that a page needs for the words of a refusal, beside its code. */
export const RefusalDetail = z.object({
  /** Error text of a library, a core or the system, as it came; a page shows it after its own words. */
  cause: z.optional(z.string().check(z.maxLength(600))),
  /** The id of the requested app, as the request had it. */
  app_id: z.optional(z.string().check(z.maxLength(96))),
  /** Title of the app that runs there. */
  title: z.optional(z.string().check(z.maxLength(120))),
  /** Name of the worker that refused. */
  worker: z.optional(z.string().check(z.maxLength(80))),
  /** The requested seat, from 0, and the number of seats in the room. */
  seat: z.optional(z.int()),
  seats: z.optional(z.int()),
  /** How long to wait before the request is worth repeating, in milliseconds. */
  wait_ms: z.optional(z.int()),
});
export type RefusalDetail = z.infer<typeof RefusalDetail>;

/** Whether the connection failed: the other end may not have received the request. */
export function isLinkProblem(code: RefusalCode): boolean {
  return code === "link.down" || code === "link.lost" || code === "link.timeout";
}
