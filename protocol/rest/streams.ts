/**
 * REST: streams, running and past, and their destinations.
 *
 * @module
 */
import * as z from "zod/mini";
import { EncoderConfig, SourceConfig, StreamStats } from "../field/device.ts";
import { AppId, DestinationId, RoomId, SenderId, StreamId, UserId, WorkerId } from "../ids.ts";
import { EgressStats, IngestStats, IngestTransport } from "../field/ingest.ts";
import { AgentEndReason } from "../legs/agent_leg.ts";
import { PictureUrl } from "../picture/small_picture.ts";
import { DisplayName } from "./accounts.ts";
import { contract, Done, EVERY_ROLE, OPERATORS, page, Paging } from "./contract.ts";
import { measured } from "./measured.ts";
import { StreamTrail } from "../field/trail.ts";

/** The states of a stream; `coordinator/domain/stream.ts` draws their transitions. */
export const StreamState = z.enum(["starting", "live", "stopping", "ended"]);
export type StreamState = z.infer<typeof StreamState>;

/** The reason of an end: reported by the device, or concluded by the coordinator. */
export const StreamEndReason = z.enum([
  ...AgentEndReason.options,
  "refused", // the device refused to start
  "no_answer", // the device did not acknowledge in time
  "never_started", // no figures in the time allowed for a start
  "reconciled", // the device came back and does not run it
  "unobserved", // no report of it for too long
  "worker_lost", // the receiving worker was lost
  "worker_failed", // the receiving worker failed
  "forced", // it did not stop in time, so the coordinator closed it
  "sender_revoked", // its sender was decommissioned
  "hours_ended", // the hours of keep live ended
  "unwatched", // a player started it, and its last viewer left
  "publisher_stop", // the program that published it ended it, or another one took over
  "publisher_lost", // the connection of the program that published it was lost
]);
export type StreamEndReason = z.infer<typeof StreamEndReason>;

/** Where a stream comes from: a source of a device, a program that publishes by WHIP, or a vehicle that runs v3xctrl. */
export const StreamSource = z.union([
  SourceConfig,
  z.object({ mode: z.literal("whip") }),
  z.object({ mode: z.literal("v3xctrl") }),
]);
export type StreamSource = z.infer<typeof StreamSource>;

/** The few figures a list shows. */
export const StreamFigures = z.object({
  /** When the newest of both reports was received, milliseconds since 1970. */
  at: z.number(),
  /** The device's report; absent before the first. */
  sent: z.optional(measured({
    bitrate_kbps: z.number(),
    /** 0 … 1, weighted by the bitrate of each link; absent when no link measures it. */
    loss_rate: z.optional(z.number()),
    /** Of the quickest link; absent when no link measures it. */
    rtt_ms: z.optional(z.number()),
    links_live: z.int(),
    links: z.int(),
  })),
  /** The worker's report; absent before the first. */
  received: z.optional(measured({
    bitrate_kbps: z.number(),
    /** 0 … 1: packets of the newest second that never arrived; absent without a path. */
    loss_rate: z.optional(z.number()),
    picture: z.boolean(),
    last_picture_at: z.optional(z.number()),
    /** The newest small picture: its address, and when it was received, milliseconds since 1970. */
    still: z.optional(z.object({ url: PictureUrl, at: z.number() })),
    viewers: z.int(),
    /** Previews in dashboards, which are not among the viewers; absent: none. */
    previews: z.optional(z.int()),
  })),
});
export type StreamFigures = z.infer<typeof StreamFigures>;

/** One broadcast of one sender. Times in milliseconds since 1970. */
export const Stream = z.object({
  stream_id: StreamId,
  sender_id: SenderId,
  sender_name: z.string(),
  owner_id: UserId,
  state: StreamState,
  /** When its start was requested. */
  asked_at: z.number(),
  /** Since when it is in this state. */
  since: z.number(),
  live_at: z.optional(z.number()),
  ended_at: z.optional(z.number()),
  /** Of an ended stream: until when the worker reported a picture; absent when it reported none. */
  picture_until: z.optional(z.number()),
  reason: z.optional(StreamEndReason),
  /** The coordinator concluded the end. A device that still runs the stream gets `stream.stop`. */
  inferred: z.optional(z.boolean()),
  /** The reason as a sentence. */
  message: z.optional(z.string()),
  /** The sender's stream that ended less than a minute before this one began. */
  restarted_from: z.optional(StreamId),
  started_by: z.optional(z.string()),
  source: StreamSource,
  /** Absent when a program publishes it. */
  encoder: z.optional(EncoderConfig),
  destinations: z.array(DestinationId),
  transport: IngestTransport,
  worker_id: z.optional(WorkerId),
  /** UDP ports held at that worker; empty once ended. */
  ports: z.array(z.int()),
  /** The room in which it can be watched. */
  room_id: z.optional(RoomId),
  app_id: z.optional(AppId),
  figures: z.optional(StreamFigures),
});
export type Stream = z.infer<typeof Stream>;

/** Both views of a running stream, each with its age; each absent before its first report. */
export const StreamLive = z.object({
  sent: z.optional(z.object({ at: z.number(), age_ms: z.number(), stats: StreamStats })),
  received: z.optional(z.object({ at: z.number(), age_ms: z.number(), stats: IngestStats })),
});
export type StreamLive = z.infer<typeof StreamLive>;

/** A running stream and one of its destinations. */
const SentOn = z.object({ id: StreamId, destination_id: DestinationId });

/** The contracts of streams. */
export const streams = {
  list: contract({
    method: "GET",
    path: "/api/streams",
    summary: "List streams, newest first: the active ones unless told otherwise",
    access: EVERY_ROLE,
    query: z.extend(Paging, {
      state: z._default(z.enum(["active", "ended", "all"]), "active"),
      sender_id: z.optional(SenderId),
    }),
    response: page(Stream),
  }),
  get: contract({
    method: "GET",
    path: "/api/streams/:id",
    summary: "Tell about a stream, with its newest figures",
    access: EVERY_ROLE,
    params: z.object({ id: StreamId }),
    response: z.extend(Stream, StreamLive.shape),
  }),
  trail: contract({
    method: "GET",
    path: "/api/streams/:id/trail",
    summary: "Give the last ten minutes of a stream, running or ended",
    access: EVERY_ROLE,
    params: z.object({ id: StreamId }),
    /** Absent when nothing was reported, and when it was removed. */
    response: z.object({ trail: z.optional(StreamTrail) }),
  }),
  addDestination: contract({
    method: "PUT",
    path: "/api/streams/:id/destinations/:destination_id",
    summary: "Send a running stream on to one more destination; answers once its worker took it",
    access: OPERATORS,
    params: SentOn,
    response: Stream,
  }),
  removeDestination: contract({
    method: "DELETE",
    path: "/api/streams/:id/destinations/:destination_id",
    summary: "Send a running stream no longer to a destination; the others are not interrupted",
    access: OPERATORS,
    params: SentOn,
    response: Stream,
  }),
};

/** What kind of destination it is. */
export const Platform = z.enum(["youtube", "twitch", "rtmp", "srt"]);
export type Platform = z.infer<typeof Platform>;

/** One active stream as it is sent to a destination. */
export const Feed = z.object({
  stream_id: StreamId,
  sender_name: z.string(),
  /** The newest report of the worker that sends it; absent before the first. */
  report: z.optional(measured(z.omit(EgressStats, { destination_id: true }).shape)),
});
export type Feed = z.infer<typeof Feed>;

/** A destination that streams can be sent on to. Stream key and passphrase can be set, and are in no answer. */
export const Destination = z.object({
  destination_id: DestinationId,
  owner_id: UserId,
  name: z.string(),
  platform: Platform,
  /** Without stream key, stream id and passphrase, also when they were part of the address. */
  url: z.string(),
  has_key: z.boolean(),
  has_passphrase: z.boolean(),
  created_at: z.number(),
  updated_at: z.number(),
  /** The active streams that are sent there. */
  feeds: z.array(Feed),
});
export type Destination = z.infer<typeof Destination>;

const Url = z.string().check(z.trim(), z.minLength(1), z.maxLength(1024));
/** RTMP: the stream key. SRT: the stream id. Kept byte for byte; empty removes it. */
const Key = z.string().check(z.maxLength(512));
/** Encrypts an SRT link: 10 to 79 bytes, kept byte for byte; empty removes it. */
const Passphrase = z.string().check(z.maxLength(79));
const DestinationParams = z.object({ id: DestinationId });

/** The contracts of destinations. */
export const destinations = {
  list: contract({
    method: "GET",
    path: "/api/destinations",
    summary: "List destinations, by name",
    access: EVERY_ROLE,
    query: Paging,
    response: page(Destination),
  }),
  create: contract({
    method: "POST",
    path: "/api/destinations",
    summary: "Add a destination",
    access: OPERATORS,
    body: z.object({
      name: DisplayName,
      platform: Platform,
      /** Absent for YouTube and Twitch: their public ingest address is used. */
      url: z.optional(Url),
      stream_key: z.optional(Key),
      passphrase: z.optional(Passphrase),
    }),
    response: Destination,
    status: 201,
  }),
  change: contract({
    method: "PUT",
    path: "/api/destinations/:id",
    summary: "Change a destination; parts left out stay as they are",
    access: OPERATORS,
    params: DestinationParams,
    body: z.object({
      name: z.optional(DisplayName),
      platform: z.optional(Platform),
      url: z.optional(Url),
      stream_key: z.optional(Key),
      passphrase: z.optional(Passphrase),
    }),
    response: Destination,
  }),
  remove: contract({
    method: "DELETE",
    path: "/api/destinations/:id",
    summary: "Remove a destination that no active stream uses",
    access: OPERATORS,
    params: DestinationParams,
    response: Done,
  }),
};
