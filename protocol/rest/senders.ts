/**
 * REST: senders, their live state, and starting and stopping their streams.
 *
 * @module
 */
import * as z from "zod/mini";
import { AgentUpdate, ConfigUpdate } from "../legs/agent_leg.ts";
import { DeviceStatus, EncoderConfig, Scheduler, SourceConfig } from "../field/device.ts";
import { MAX_DESTINATIONS_OF_STREAM } from "../field/ingest.ts";
import { DestinationId, SenderId, StreamId, UserId, WorkerId } from "../ids.ts";
import { DisplayName } from "./accounts.ts";
import { contract, Done, EVERY_ROLE, OPERATORS, page, Paging } from "./contract.ts";
import { KeepLive, KeepLiveHours } from "./keep_live.ts";
import { measured } from "./measured.ts";
import { Stream, StreamFigures, StreamLive, StreamState } from "./streams.ts";
import { DeviceRecordingSettings } from "../recording/device.ts";

/** Whether a device has enrolled, is to enrol, or may no longer connect. */
export const SenderState = z.enum(["invited", "enrolled", "revoked"]);
export type SenderState = z.infer<typeof SenderState>;

/** A word that groups senders. */
export const Tag = z.string().check(
  z.trim(),
  z.minLength(1),
  z.maxLength(32),
  z.regex(/^[^\p{Cc}\p{Cf},]*$/u, "must not contain commas or control characters"),
);

/** A field device as operators see it. Times in milliseconds since 1970. */
export const Sender = z.object({
  sender_id: SenderId,
  owner_id: UserId,
  name: z.string(),
  state: SenderState,
  online: z.boolean(),
  created_at: z.number(),
  enrolled_at: z.optional(z.number()),
  /** The time of the newest message of the device. */
  last_seen_at: z.optional(z.number()),
  /** Since when it is online, or offline. */
  since: z.optional(z.number()),
  /** When an unused enrollment token expires. */
  token_expires_at: z.optional(z.number()),
  hostname: z.optional(z.string()),
  arch: z.optional(z.string()),
  agent_version: z.optional(z.string()),
  /** Version of the agent's messages; another version than the coordinator's is no error. */
  proto: z.optional(z.int()),
  /** First 16 hex digits of the SHA-256 of the device's public key. */
  key_fingerprint: z.optional(z.string()),
  /** The device's clock minus the coordinator's, in milliseconds. */
  clock_skew_ms: z.optional(z.number()),
  /** From the newest status; absent before the first. */
  load: z.optional(measured({
    cpu_percent: z.number(),
    /** The weakest connected cellular or wifi interface. */
    signal_dbm: z.optional(z.number()),
  })),
  /** The stream that is not ended, and its newest figures. */
  stream: z.optional(
    z.object({
      stream_id: StreamId,
      state: StreamState,
      since: z.number(),
      figures: z.optional(StreamFigures),
    }),
  ),
  /** The reason of the newest ended stream. */
  last_end: z.optional(
    z.object({ stream_id: StreamId, reason: z.string(), message: z.string(), at: z.number() }),
  ),
  /** In the order of their letters; absent: none. */
  tags: z.optional(z.array(z.string())),
  /** Absent before the first stream. */
  keep_live: z.optional(KeepLive),
  /** Whether a player who opens it starts its stream; absent: no. */
  on_demand: z.optional(z.boolean()),
  /** Its device is started when a player opens it, and ended with its stream: without a stream it is at rest. */
  starts_when_opened: z.optional(z.boolean()),
  /** Whether a person at the box may start and stop its stream. */
  local_control: z.optional(z.boolean()),
  /** The settings of its device's own recording; absent: as for every device. */
  recording: z.optional(DeviceRecordingSettings),
  /** When the key was made with which a program publishes as this sender; absent without one. */
  publish_key_made_at: z.optional(z.number()),
});
export type Sender = z.infer<typeof Sender>;

/** The enrollment token in its two forms: text and QR code. They are shown once. */
export const Enrollment = z.object({
  /** `<sender id>.<secret>` */
  enrollment_token: z.string(),
  expires_at: z.number(),
  /** `farpad-enroll:?url=…&token=…`, for a QR code. */
  qr_text: z.string(),
});
export type Enrollment = z.infer<typeof Enrollment>;

/** Where and with which secret a program publishes as a sender. The key is shown once. */
export const PublishKey = z.object({
  /** For WHIP, RFC 9725. */
  url: z.string(),
  /** The bearer token. */
  key: z.string(),
});

/** Where a vehicle that runs v3xctrl sends, and what its settings call it. Nothing of it is secret or proves anything. */
export const StreamerPorts = z.object({
  stream_id: StreamId,
  /** The worker's host: the address of the viewer. */
  host: z.string(),
  /** UDP ports for the pictures and for control. */
  video_port: z.int(),
  control_port: z.int(),
});
export type StreamerPorts = z.infer<typeof StreamerPorts>;

/** A reading and how old it is; both times are the coordinator's. */
const aged = { at: z.number(), age_ms: z.number() };

/** The name of the demonstration device that `npm start` brings along. */
export const DEMO_CAMERA = "Demo camera";

const Params = z.object({ id: SenderId });

/** One path of a link: `interface` is the device's, absent for its default route. */
const LinkChoice = z.object({
  interface: z.optional(z.string().check(z.regex(/^[A-Za-z0-9._-]{1,32}$/))),
});

/** The settings of a stream at its start. */
export const StartStream = z.object({
  source: SourceConfig,
  encoder: EncoderConfig,
  /** Destinations to send it on to, by id. */
  platform_dest: z.optional(
    z.union([
      DestinationId,
      z.array(DestinationId).check(z.maxLength(MAX_DESTINATIONS_OF_STREAM)),
    ]),
  ),
  /** One entry a path; one path over the default route when absent. */
  links: z.optional(z.array(LinkChoice).check(z.minLength(1), z.maxLength(8))),
  /** The worker that receives it; absent: the least busy one that can. */
  worker_id: z.optional(WorkerId),
  /** How the link sends, over what the sender's newest settings say: `discard_deadline_ms` is its latency. */
  scheduler: z.optional(Scheduler),
  /** Chosen by the caller: two requests with one id start one stream. The header `Idempotency-Key` does the same. */
  stream_id: z.optional(StreamId),
  /** Also turns keep live on, which repeats this start. */
  keep_live: z.optional(z.boolean()),
});
export type StartStream = z.infer<typeof StartStream>;

/** The contracts of senders and of their streams. */
export const senders = {
  list: contract({
    method: "GET",
    path: "/api/senders",
    summary: "List senders, by name",
    access: EVERY_ROLE,
    query: z.extend(Paging, {
      /** Part of a name, id or hostname. */
      q: z.optional(z.string().check(z.maxLength(80))),
      state: z.optional(SenderState),
    }),
    response: page(Sender),
  }),
  get: contract({
    method: "GET",
    path: "/api/senders/:id",
    summary: "Tell about a sender, with its newest status",
    access: EVERY_ROLE,
    params: Params,
    response: z.extend(Sender, {
      status: z.optional(z.object({ ...aged, status: DeviceStatus })),
    }),
  }),
  create: contract({
    method: "POST",
    path: "/api/senders",
    summary: "Create a sender and its one-time enrolment token",
    access: OPERATORS,
    body: z.object({ name: DisplayName }),
    response: z.object({ sender: Sender, ...Enrollment.shape }),
    status: 201,
  }),
  rename: contract({
    method: "PATCH",
    path: "/api/senders/:id",
    summary: "Rename a sender, or set its tags; what is left out stays",
    access: OPERATORS,
    params: Params,
    body: z.object({
      name: z.optional(DisplayName),
      tags: z.optional(z.array(Tag).check(z.maxLength(12))),
    }),
    response: Sender,
  }),
  remove: contract({
    method: "DELETE",
    path: "/api/senders/:id",
    summary: "Decommission a sender: its key is refused from now on and its stream is ended",
    access: OPERATORS,
    params: Params,
    response: Done,
  }),
  enroll: contract({
    method: "POST",
    path: "/api/senders/:id/enrollment",
    summary: "Make a new enrolment token; an enrolled device keeps working until it is used",
    access: OPERATORS,
    params: Params,
    response: Enrollment,
    status: 201,
  }),
  makePublishKey: contract({
    method: "POST",
    path: "/api/senders/:id/publish-key",
    summary: "Make the key with which a program publishes as this sender; the one before ends",
    access: OPERATORS,
    params: Params,
    response: PublishKey,
    status: 201,
  }),
  openStreamerPorts: contract({
    method: "POST",
    path: "/api/senders/:id/v3xctrl",
    summary:
      "Open ports for a vehicle that runs v3xctrl, which proves nothing; or give those that are open",
    access: OPERATORS,
    params: Params,
    body: z.object({
      /** The worker that it sends to; absent: the least busy one that takes such vehicles. */
      worker_id: z.optional(WorkerId),
    }),
    response: StreamerPorts,
    status: 201,
  }),
  removePublishKey: contract({
    method: "DELETE",
    path: "/api/senders/:id/publish-key",
    summary: "Remove that key",
    access: OPERATORS,
    params: Params,
    response: Done,
  }),
  status: contract({
    method: "GET",
    path: "/api/senders/:id/status",
    summary: "Tell the newest hardware status and its age",
    access: EVERY_ROLE,
    params: Params,
    response: z.object({
      sender_id: SenderId,
      online: z.boolean(),
      last_seen_at: z.optional(z.number()),
      /** Absent before the first report. */
      status: z.optional(DeviceStatus),
      at: z.optional(z.number()),
      age_ms: z.optional(z.number()),
    }),
  }),
  stats: contract({
    method: "GET",
    path: "/api/senders/:id/stats",
    summary: "Tell the newest figures of the running stream; none when nothing runs",
    access: EVERY_ROLE,
    params: Params,
    response: z.object({
      sender_id: SenderId,
      stream_id: z.optional(StreamId),
      state: z.optional(StreamState),
      ...StreamLive.shape,
    }),
  }),
  start: contract({
    method: "POST",
    path: "/api/senders/:id/stream/start",
    summary: "Start a stream; answers once the device acknowledged or refused",
    access: OPERATORS,
    params: Params,
    body: StartStream,
    response: z.object({ stream: Stream }),
    status: 201,
  }),
  stop: contract({
    method: "POST",
    path: "/api/senders/:id/stream/stop",
    summary: "Stop the running stream, and turn keep live off; it is over when its state says so",
    access: OPERATORS,
    params: Params,
    response: z.object({ stream: Stream }),
    status: 202,
  }),
  keepLive: contract({
    method: "PUT",
    path: "/api/senders/:id/keep-live",
    summary: "Turn keep live on or off: the sender's newest start is repeated after every end",
    access: OPERATORS,
    params: Params,
    body: z.object({
      on: z.boolean(),
      /** The hours in which it starts streams; at any time when absent. */
      hours: z.optional(KeepLiveHours),
    }),
    response: Sender,
  }),
  onDemand: contract({
    method: "PUT",
    path: "/api/senders/:id/on-demand",
    summary:
      "Let players start the sender's newest start again by opening it in their library, or not",
    access: OPERATORS,
    params: Params,
    body: z.object({ on: z.boolean() }),
    response: Sender,
  }),
  config: contract({
    method: "PUT",
    path: "/api/senders/:id/config",
    summary: "Change settings while the stream runs; answers what the device took or why not",
    access: OPERATORS,
    params: Params,
    body: ConfigUpdate,
    response: z.object({ applied: z.array(z.string()) }),
  }),
  update: contract({
    method: "POST",
    path: "/api/senders/:id/update",
    summary: "Have the agent update itself; its status tells how that goes",
    access: OPERATORS,
    params: Params,
    body: AgentUpdate,
    response: z.object({ from: z.string(), to: z.optional(z.string()) }),
    status: 202,
  }),
};
