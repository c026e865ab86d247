/**
 * `/agent/ws`: field device ↔ coordinator. The device dials out, so it works behind carrier NAT. Envelopes after
 * the login carry the session token of the last `auth.login.response` in `token`.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  DeviceStatus,
  EncoderConfig,
  Scheduler,
  SourceConfig,
  StreamStats,
} from "../field/device.ts";
import { RefusalPayload, reply } from "../envelope.ts";
import { SenderId, StreamId } from "../ids.ts";
import { leg, type LegMessage } from "../leg.ts";

/** How often a device reports its state when nothing changes, in milliseconds. */
export const DEVICE_STATUS_PERIOD = 10_000;
/** How often a running stream reports its figures, in milliseconds. */
export const STREAM_STATS_PERIOD = 1_000;
/** A command, or a challenge, that is not answered after this long has failed, in milliseconds. */
export const COMMAND_LIMIT = 10_000;

const Text = (max: number) => z.string().check(z.maxLength(max));
const Url = Text(2048);
const Count = z.number().check(z.gte(0));

/** 32 raw bytes of an Ed25519 public key (RFC 8032), base64url without padding. */
export const DevicePublicKey = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));
/** 64 raw bytes of an Ed25519 signature, base64url without padding. */
const Signature = z.string().check(z.regex(/^[A-Za-z0-9_-]{86}$/));
/** Streams that really run on the device. */
const RunningStreams = z.array(StreamId).check(z.maxLength(32));
/** Whoever sends it may name itself; another's id is refused. */
const self = { sender_id: z.optional(SenderId) };

/** Why a stream ended, as the device tells it. */
export const AgentEndReason = z.enum([
  "user_stop", // somebody at the device stopped it
  "error", // the source, the encoder or the link failed
  "control_plane_stop", // it was told to stop
  "agent_shutdown", // the agent was shut down
  "timeout", // the far end never answered
  "pipeline_crash", // the pipeline died
]);
export type AgentEndReason = z.infer<typeof AgentEndReason>;

/** What the control plane has a device use; hot parts follow later by `config.update`. */
export const AgentConfig = z.object({
  /** The name operators gave the sender. */
  name: Text(120),
  status_period_ms: z.int().check(z.gte(1_000), z.lte(600_000)),
  stats_period_ms: z.int().check(z.gte(200), z.lte(60_000)),
  /** What a running stream is to be changed to; absent while nothing was ever set. */
  scheduler: z.optional(Scheduler),
  encoder: z.optional(z.partial(EncoderConfig)),
});
export type AgentConfig = z.infer<typeof AgentConfig>;

/** The parts of a stream's settings that may be changed; the agent refuses those it cannot change hot. */
export const ConfigUpdate = z.object({
  scheduler: z.optional(Scheduler),
  encoder: z.optional(z.partial(EncoderConfig)),
});
export type ConfigUpdate = z.infer<typeof ConfigUpdate>;

/** Where a device gets a newer agent, and when it may restart. */
export const AgentUpdate = z.object({
  binary_url: Url,
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/i)),
  /** Bytes of the file; a download of another size is refused before it is hashed. */
  size_bytes: z.optional(z.int().check(z.gte(1))),
  version: z.optional(Text(40)),
  restart_after: z._default(z.boolean(), true),
  /** Update although a stream runs, which it interrupts. */
  while_streaming: z._default(z.boolean(), false),
});
export type AgentUpdate = z.infer<typeof AgentUpdate>;

/** `/agent/ws`: messages of a device. */
export const fromAgent = leg({
  /** The first message. With a token and a key it enrols; with the id alone it asks for a challenge. */
  "auth.login": z.object({
    /** `<sender id>.<secret>`: single use, expiring. */
    enrollment_token: z.optional(Text(160)),
    /** The sender id the device got when it enrolled. */
    device_id: z.optional(SenderId),
    device_public_key: z.optional(DevicePublicKey),
    agent_version: Text(40),
    hostname: Text(120),
    arch: Text(40),
    running_streams: z.optional(RunningStreams),
    /** Host and port that the device dialled; behind a proxy the coordinator does not see them otherwise. */
    dialled_host: z.optional(Text(255)),
  }),
  "auth.challenge.response": z.object({ device_id: SenderId, signature: Signature }),
  "device.status": z.extend(DeviceStatus, self),
  "stream.stats": z.extend(StreamStats, self),
  "stream.ended": z.object({
    ...self,
    stream_id: StreamId,
    reason: AgentEndReason,
    duration_s: Count,
    total_bytes: Count,
    /** What went wrong, in words. */
    error: z.optional(Text(1000)),
  }),
  /** Accepted: the pipeline is being built. Pictures are confirmed by `stream.stats`. */
  "stream.start.response": reply(z.object({ stream_id: StreamId })),
  "stream.stop.response": reply(z.object({ stream_id: StreamId })),
  /** The fields now in force, such as `scheduler.discard_deadline_ms`. All of an update is taken, or none. */
  "config.update.response": reply(z.object({ applied: z.array(Text(80)).check(z.maxLength(64)) })),
  /** Accepted: `device.status` tells how the update goes on. */
  "agent.update.response": reply(z.object({ from: Text(40), to: z.optional(Text(40)) })),
});
/** A message of a device. */
export type FromAgent = LegMessage<typeof fromAgent>;

const LoginAnswer = z.union([
  z.object({
    success: z.literal(true),
    sender_id: SenderId,
    /** Goes into the envelope of every later message. */
    session_token: Text(4096),
    /** A new challenge comes before this many seconds are over. */
    expires_in_s: z.number(),
    config: AgentConfig,
    /** The coordinator's clock, milliseconds since 1970. */
    server_time: z.number(),
    /** The device's clock minus the coordinator's, in milliseconds, by the login's `ts`; shown, never fatal. */
    clock_skew_ms: z.optional(z.number()),
  }),
  z.extend(RefusalPayload, { success: z.literal(false) }),
]);

/** `/agent/ws`: messages to a device. */
export const toAgent = leg({
  "auth.login.response": LoginAnswer,
  /** Sign {@linkcode challengeText} with the device key within {@linkcode COMMAND_LIMIT}. */
  "auth.challenge": z.object({
    /** 32 random bytes, base64url without padding. */
    challenge: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
    /** The host the device dialled; it signs for no other. */
    host: Text(255),
    /** The coordinator's clock, milliseconds since 1970. */
    timestamp: z.number(),
    role: z.literal("agent"),
  }),
  "stream.start": z.object({
    stream_id: StreamId,
    source: SourceConfig,
    encoder: EncoderConfig,
    /** Where to send, one URL a path: `srt://host:port` or `rist://host:port`. */
    destinations: z.array(Url).check(z.minLength(1), z.maxLength(8)),
    bonding_config: z.object({
      version: z.literal(1),
      links: z.array(z.object({ id: z.int(), uri: Url, interface: z.optional(Text(32)) }))
        .check(z.maxLength(8)),
      scheduler: Scheduler,
    }),
    /** Passphrase that seals the link, 10 to 79 characters as SRT wants it. */
    psk: z.optional(Text(79)),
  }),
  "stream.stop": z.object({ stream_id: StreamId, reason: Text(80) }),
  "config.update": ConfigUpdate,
  "agent.update": AgentUpdate,
  /** The one refused answer to a report; an accepted one is not answered. */
  "device.status.response": RefusalPayload,
  "stream.stats.response": RefusalPayload,
  "stream.ended.response": RefusalPayload,
});
/** A message to a device. */
export type ToAgent = LegMessage<typeof toAgent>;

/** What a device signs to prove its key: bound to this use, this coordinator, this device and this moment. */
export function challengeText(
  { challenge, host, timestamp, role, device_id }: {
    readonly challenge: string;
    readonly host: string;
    readonly timestamp: number;
    readonly role: "agent";
    readonly device_id: SenderId;
  },
): Uint8Array<ArrayBuffer> {
  const lines = ["farpad device proof 1", role, host, device_id, timestamp, challenge];
  return new TextEncoder().encode(lines.join("\n"));
}
