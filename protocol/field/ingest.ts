/**
 * A field stream at the worker that receives it: what it is told, what it bound, how the pictures come in and
 * how they go out again. Used by the worker leg and shown by REST and the operator leg.
 *
 * @module
 */
import * as z from "zod/mini";
import { AppId, DestinationId, RoomId, StreamId } from "../ids.ts";

/** A UDP or TCP port, 1 to 65535. */
export const Port = z.int().check(z.gte(1), z.lte(65535));
const Count = z.number().check(z.gte(0));
const Text = (max: number) => z.string().check(z.maxLength(max));

/** Which wire a field stream comes in on. */
export const IngestTransport = z.enum(["srt", "rist"]);
export type IngestTransport = z.infer<typeof IngestTransport>;

/** Where a stream is sent on to. It holds secrets: never logged. */
export const EgressDestination = z.object({
  destination_id: DestinationId,
  /** `rtmp://host/app` or `srt://host:port?latency=200`; read by `protocol/addresses/destination.ts`. */
  url: Text(2048),
  /** RTMP: the stream key. SRT: the stream id. As typed, byte for byte. */
  stream_key: z.optional(Text(512)),
  /** Encrypts an SRT link. As typed, byte for byte. */
  passphrase: z.optional(Text(79)),
});
export type EgressDestination = z.infer<typeof EgressDestination>;

/** What a worker offers field streams. */
export const IngestOffer = z.object({
  /** Where devices reach it, without a port. */
  host: Text(255),
  /** First and last UDP port it may bind. Ports go in pairs: an even one for media and the next for RTCP. */
  first_port: Port,
  last_port: Port,
  transports: z.array(IngestTransport).check(z.minLength(1)),
  /** What it receives right now. */
  running: z.array(
    z.object({
      stream_id: StreamId,
      ports: z.array(Port).check(z.maxLength(8)),
      room_id: z.optional(RoomId),
    }),
  ).check(z.maxLength(1000)),
});
export type IngestOffer = z.infer<typeof IngestOffer>;

/** What a worker is told to receive. */
export const IngestStart = z.object({
  stream_id: StreamId,
  title: Text(120),
  transport: IngestTransport,
  /** The ports leased for it, one a path. A worker that finds one taken binds another and says so. */
  ports: z.array(Port).check(z.minLength(1), z.maxLength(8)),
  /** How long a late packet is waited for, in milliseconds. */
  latency_ms: z.int().check(z.gte(20), z.lte(30_000)),
  psk: z.optional(Text(79)),
  destinations: z.array(EgressDestination).check(z.maxLength(16)),
});
export type IngestStart = z.infer<typeof IngestStart>;

/** What a worker answers once it receives. */
export const IngestStarted = z.object({
  stream_id: StreamId,
  /** The ports really bound, in the order of the paths. */
  ports: z.array(Port).check(z.minLength(1), z.maxLength(8)),
  /** Where it can be watched. */
  room_id: z.optional(RoomId),
  app_id: z.optional(AppId),
});
export type IngestStarted = z.infer<typeof IngestStarted>;

/** How sending a stream on to one destination goes. */
export const EgressStats = z.object({
  destination_id: DestinationId,
  state: z.enum(["connecting", "sending", "waiting", "failed"]),
  /** How often it was started again. */
  restarts: z.int().check(z.gte(0)),
  sent_bytes: Count,
  /** What is wrong, in words, without the stream key. */
  detail: z.optional(Text(400)),
});
export type EgressStats = z.infer<typeof EgressStats>;

/** The figures of a stream as the worker receives it, once a second. Bitrates in kbit/s. */
export const IngestStats = z.object({
  stream_id: StreamId,
  /** Whether a picture came in within the last two seconds. */
  picture: z.boolean(),
  /** Milliseconds since 1970 of the newest picture; absent before the first. */
  last_picture_at: z.optional(z.number()),
  bitrate_kbps: Count,
  framerate: Count,
  /** `h264`, `hevc` …; absent before the first picture. */
  codec: z.optional(Text(20)),
  width: z.int(),
  height: z.int(),
  /** `forwarded` to browsers as it came in, or `transcoded` because they could not decode it. */
  handling: z.enum(["forwarded", "transcoded", "none"]),
  received_packets: Count,
  lost_packets: Count,
  /** Unknown to some transports. */
  retransmitted_packets: z.optional(Count),
  viewers: z.int().check(z.gte(0)),
  /** One a path, by the port it comes in on. */
  links: z.array(
    z.object({ port: Port, bitrate_kbps: Count, loss_rate: Count, rtt_ms: z.optional(Count) }),
  ).check(z.maxLength(8)),
  egress: z.array(EgressStats).check(z.maxLength(16)),
});
export type IngestStats = z.infer<typeof IngestStats>;

/** Why a worker stopped receiving. */
export const IngestEndReason = z.enum(["stopped", "failed", "crashed", "drained"]);
export type IngestEndReason = z.infer<typeof IngestEndReason>;

/** Tells that a worker no longer receives a stream, and why. */
export const IngestEnded = z.object({
  stream_id: StreamId,
  reason: IngestEndReason,
  message: Text(400),
});
export type IngestEnded = z.infer<typeof IngestEnded>;
