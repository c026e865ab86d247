/**
 * A field stream at the worker that receives it: its settings, its ports, and the figures of its input and its
 * destinations. The worker leg carries these; REST and the operator leg show them.
 *
 * @module
 */
import * as z from "zod/mini";
import { DriveSecret } from "../driving/vehicle_telemetry.ts";
import { AppId, DestinationId, RoomId, StreamId } from "../ids.ts";
import { IceServer } from "../legs/webrtc.ts";
import { ORIGIN_GAPS } from "../picture/origin.ts";
import { PictureUrl } from "../picture/small_picture.ts";
import { plainText } from "../plain_text.ts";

/** A UDP or TCP port, 1 to 65535. */
export const Port = z.int().check(z.gte(1), z.lte(65535));
const Count = z.number().check(z.gte(0));
const Text = (max: number) => z.string().check(z.maxLength(max));

/**
 * The transport that a stream arrives by; `whip`: a program publishes it over WebRTC (RFC 9725); `v3xctrl`: RTP of a
 * vehicle that runs v3xctrl, which proves nothing.
 */
export const IngestTransport = z.enum(["srt", "rist", "whip", "v3xctrl"]);
export type IngestTransport = z.infer<typeof IngestTransport>;

/** Whether a device of ours sends it, which takes commands; other programs begin and end by themselves. */
export function isOfDevice(transport: IngestTransport): boolean {
  return transport === "srt" || transport === "rist";
}

/** A destination of a stream. It holds secrets and is never logged. */
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

/** Most ports of other programs that a worker reports. */
export const MAX_FOREIGN_PORTS = 2_000;

/** The UDP ports in a worker's range that other programs hold. */
export const ForeignPorts = z.object({
  ports: z.array(Port).check(z.maxLength(MAX_FOREIGN_PORTS)),
  /** How long ago the port was looked at that was looked at longest ago, in milliseconds. */
  age_ms: z.number().check(z.gte(0)),
});
export type ForeignPorts = z.infer<typeof ForeignPorts>;

/** The ports and transports of a worker for field streams. */
export const IngestOffer = z.object({
  /** Where devices reach it, without a port. */
  host: Text(255),
  /** First and last UDP port it may bind. Ports go in pairs: an even one for media, the next for control. */
  first_port: Port,
  last_port: Port,
  transports: z.array(IngestTransport).check(z.minLength(1)),
  /** The streams that it receives now. */
  running: z.array(
    z.object({
      stream_id: StreamId,
      ports: z.array(Port).check(z.maxLength(8)),
      room_id: z.optional(RoomId),
    }),
  ).check(z.maxLength(1000)),
});
export type IngestOffer = z.infer<typeof IngestOffer>;

/** The most destinations that one stream is sent on to. */
export const MAX_DESTINATIONS_OF_STREAM = 16;

/** The settings of one ingest. */
export const IngestStart = z.object({
  stream_id: StreamId,
  title: plainText(120),
  transport: IngestTransport,
  /** The ports leased for it, one a path; none for WHIP. A worker that finds one in use binds another and reports it. */
  ports: z.array(Port).check(z.maxLength(8)),
  /** How long the worker waits for a late packet, in milliseconds. */
  latency_ms: z.int().check(z.gte(20), z.lte(30_000)),
  psk: z.optional(Text(79)),
  /** The device is a vehicle: its control links have this secret, which is never logged. */
  drive: z.optional(z.object({ secret: DriveSecret })),
  /** WHIP: the publisher's offer, and the ICE servers of the connection. */
  offer: z.optional(Text(48_000)),
  ice_servers: z.optional(z.array(IceServer)),
  destinations: z.array(EgressDestination).check(z.maxLength(MAX_DESTINATIONS_OF_STREAM)),
});
export type IngestStart = z.infer<typeof IngestStart>;

/** A worker's answer when it receives. */
export const IngestStarted = z.object({
  stream_id: StreamId,
  /** The bound ports, in the order of the paths; none for WHIP. */
  ports: z.array(Port).check(z.maxLength(8)),
  /** Where the device dials the control links; absent: the worker takes none. */
  drive_port: z.optional(Port),
  /** WHIP: the answer to the publisher's offer, with all candidates. */
  answer: z.optional(Text(48_000)),
  /** The room in which it can be watched. */
  room_id: z.optional(RoomId),
  app_id: z.optional(AppId),
});
export type IngestStarted = z.infer<typeof IngestStarted>;

/** The state of sending a stream on to one destination. */
export const EgressStats = z.object({
  destination_id: DestinationId,
  state: z.enum(["connecting", "sending", "waiting", "failed"]),
  /** Number of restarts. */
  restarts: z.int().check(z.gte(0)),
  sent_bytes: Count,
  /** The fault as a sentence, without the stream key. */
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
  /** Packets of the transport that came because they were sent again; absent where that is not measured. */
  retransmitted_packets: z.optional(Count),
  /** Packets of the transport that came too late and were dropped; absent where that is not measured. */
  late_packets: z.optional(Count),
  /** Packets of the transport that were passed on, and those that never came; absent where that is not counted. */
  delivered_packets: z.optional(Count),
  missed_packets: z.optional(Count),
  /** How long the link waits for packets that are sent again, in milliseconds; absent for WHIP. */
  latency_ms: z.optional(Count),
  /** How the pictures of the second came, in the mean, or why that is not known; absent: none came. */
  origin: z.optional(z.union([
    z.object({
      /** From the capture until the device had compressed a picture, and from then until the worker had it. */
      device_ms: Count,
      link_ms: Count,
      /** The largest error of `link_ms`. */
      error_ms: Count,
    }),
    z.object({ gap: z.enum(ORIGIN_GAPS) }),
  ])),
  /** The newest small picture: its address, and when it was received, milliseconds since 1970. */
  still: z.optional(z.object({ url: PictureUrl, at: z.number() })),
  viewers: z.int().check(z.gte(0)),
  /** Previews in dashboards, which are not among the viewers; absent: none. */
  previews: z.optional(z.int().check(z.gte(1))),
  /** One a path, by the port it comes in on. */
  links: z.array(
    z.object({ port: Port, bitrate_kbps: Count, loss_rate: Count, rtt_ms: z.optional(Count) }),
  ).check(z.maxLength(8)),
  egress: z.array(EgressStats).check(z.maxLength(MAX_DESTINATIONS_OF_STREAM)),
});
export type IngestStats = z.infer<typeof IngestStats>;

/** Candidates that a publisher found after its offer. */
export const IngestCandidates = z.object({
  stream_id: StreamId,
  candidates: z.array(Text(1024)).check(z.maxLength(64)),
});
export type IngestCandidates = z.infer<typeof IngestCandidates>;

/** Why a worker stopped receiving; `left`: the publisher's connection ended. */
export const IngestEndReason = z.enum(["stopped", "failed", "crashed", "drained", "left"]);
export type IngestEndReason = z.infer<typeof IngestEndReason>;

/** The end of an ingest, with its reason. */
export const IngestEnded = z.object({
  stream_id: StreamId,
  reason: IngestEndReason,
  message: Text(400),
});
export type IngestEnded = z.infer<typeof IngestEnded>;
