/**
 * `/agent/ws`: field device ↔ coordinator. The device dials, so it can be behind a carrier's NAT. Envelopes after
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
import { AbsenceReport } from "../field/absence.ts";
import { DeviceLog, LogRequest } from "../field/device_log.ts";
import { DriveSecret } from "../driving/vehicle_telemetry.ts";
import { Port } from "../field/ingest.ts";
import { SettingsPush, SettingsVersion } from "../field/pushed_settings.ts";
import { RefusalPayload, reply } from "../envelope.ts";
import { SenderId, StreamId } from "../ids.ts";
import { leg, type LegMessage } from "../leg.ts";
import { plainText } from "../plain_text.ts";
import { DeviceRecordingSettings, GapOffer } from "../recording/device.ts";

/** How often a device reports its state when nothing changes, in milliseconds. */
export const DEVICE_STATUS_PERIOD = 10_000;
/** How often a running stream reports its figures, in milliseconds. */
export const STREAM_STATS_PERIOD = 1_000;
/** A command or challenge without an answer for this long has failed, in milliseconds. */
export const COMMAND_LIMIT = 10_000;

const Text = (max: number) => z.string().check(z.maxLength(max));
const Url = Text(2048);
const Count = z.number().check(z.gte(0));

/** 32 raw bytes of an Ed25519 public key (RFC 8032), base64url without padding. */
export const DevicePublicKey = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));
/** 64 raw bytes of an Ed25519 signature, base64url without padding. */
const Signature = z.string().check(z.regex(/^[A-Za-z0-9_-]{86}$/));
/** The streams that run on the device. */
const RunningStreams = z.array(StreamId).check(z.maxLength(32));
/** A device may send its own sender id; another id is refused. */
const self = { sender_id: z.optional(SenderId) };

/** The reason that the device reports for the end of a stream. */
export const AgentEndReason = z.enum([
  "user_stop", // a person at the device stopped it
  "error", // the source, the encoder or the link failed
  "control_plane_stop", // the coordinator stopped it
  "agent_shutdown", // the agent was shut down
  "timeout", // the receiving worker did not answer
  "pipeline_crash", // the pipeline ended unexpectedly
]);
export type AgentEndReason = z.infer<typeof AgentEndReason>;

/** The configuration that the coordinator gives a device at the login; `config.update` changes parts of it later. */
export const AgentConfig = z.object({
  /** The sender's name. */
  name: plainText(120),
  status_period_ms: z.int().check(z.gte(1_000), z.lte(600_000)),
  stats_period_ms: z.int().check(z.gte(200), z.lte(60_000)),
  /** The settings of a running stream that operators changed; absent when they changed none. */
  scheduler: z.optional(Scheduler),
  encoder: z.optional(z.partial(EncoderConfig)),
  /** The device's own recording; absent: as for every device. */
  recording: z.optional(DeviceRecordingSettings),
  /** Whether a person at the box may ask for a start or a stop; absent: no. `device.rights` changes it. */
  local_control: z.optional(z.boolean()),
});
export type AgentConfig = z.infer<typeof AgentConfig>;

/** What a person at the box asks for. */
export const LocalAction = z.enum(["start", "stop"]);
export type LocalAction = z.infer<typeof LocalAction>;

/**
 * Changes to a running stream, and to the device's own recording. The agent refuses those that need a restart of the
 * stream.
 */
export const ConfigUpdate = z.object({
  scheduler: z.optional(Scheduler),
  encoder: z.optional(z.partial(EncoderConfig)),
  recording: z.optional(DeviceRecordingSettings),
});
export type ConfigUpdate = z.infer<typeof ConfigUpdate>;

/** The address of a newer agent, and the conditions under which it is installed. */
export const AgentUpdate = z.object({
  binary_url: Url,
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/i)),
  /** Bytes of the file; a download of another size is refused before it is hashed. */
  size_bytes: z.optional(z.int().check(z.gte(1))),
  /** Such as `0.2.0`. */
  version: z.optional(plainText(40)),
  /** The fleet's key signs version and hash (`protocol/field/release.ts`). A device takes no update without it. */
  signature: z.optional(Signature),
  /** Take a version that is older than the one that runs. */
  downgrade: z._default(z.boolean(), false),
  restart_after: z._default(z.boolean(), true),
  /** Whether the update may interrupt a running stream. */
  while_streaming: z._default(z.boolean(), false),
});
export type AgentUpdate = z.infer<typeof AgentUpdate>;

/** `/agent/ws`: messages of a device. */
export const fromAgent = leg({
  /** The first message. With a token and a key the device enrols; with its id alone it requests a challenge. */
  "auth.login": z.object({
    /** `<sender id>.<secret>`: single use, expiring. */
    enrollment_token: z.optional(Text(160)),
    /** The sender id the device got when it enrolled. */
    device_id: z.optional(SenderId),
    device_public_key: z.optional(DevicePublicKey),
    agent_version: plainText(40),
    hostname: plainText(120),
    arch: plainText(40),
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
    /** The fault as a sentence. */
    error: z.optional(Text(1000)),
  }),
  /** Accepted: the agent starts the pipeline. `stream.stats` shows when pictures flow. */
  "stream.start.response": reply(z.object({ stream_id: StreamId })),
  "stream.stop.response": reply(z.object({ stream_id: StreamId })),
  /** The fields in force, such as `scheduler.discard_deadline_ms`. The agent applies a whole update or nothing of it. */
  "config.update.response": reply(z.object({ applied: z.array(Text(80)).check(z.maxLength(64)) })),
  /** Accepted: `device.status` reports the state of the update. */
  "agent.update.response": reply(
    z.object({ from: plainText(40), to: z.optional(plainText(40)) }),
  ),
  "logs.read.response": reply(DeviceLog),
  /** Accepted: the agent starts again with them, and `device.status` reports whether they are kept. */
  "settings.push.response": reply(z.object({ version: SettingsVersion })),
  /** What the device noted while it could not reach the coordinator. */
  "device.absence": AbsenceReport,
  /** The device wants to send a gap of a stream of its own, which it recorded. */
  "recording.offer": GapOffer,
  /** A person at the box wants the stream started or stopped. */
  "stream.request": z.object({ action: LocalAction }),
});
/** A message of a device. */
export type FromAgent = LegMessage<typeof fromAgent>;

const LoginAnswer = z.union([
  z.object({
    success: z.literal(true),
    sender_id: SenderId,
    /** Goes into the envelope of every later message. */
    session_token: Text(4096),
    /** Seconds until the session token expires; the coordinator sends a new challenge before that. */
    expires_in_s: z.number(),
    config: AgentConfig,
    /** The coordinator's clock, milliseconds since 1970. */
    server_time: z.number(),
    /** The device's clock minus the coordinator's by the login's `ts`, in milliseconds. It is shown, and is no error. */
    clock_skew_ms: z.optional(z.number()),
  }),
  z.extend(RefusalPayload, { success: z.literal(false) }),
]);

/** `/agent/ws`: messages to a device. */
export const toAgent = leg({
  "auth.login.response": LoginAnswer,
  /** The device signs {@linkcode challengeText} with the device key and answers within {@linkcode COMMAND_LIMIT}. */
  "auth.challenge": z.object({
    /** 32 random bytes, base64url without padding. */
    challenge: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
    /** The host that the device dialled; the device signs for no other host. */
    host: Text(255),
    /** The coordinator's clock, milliseconds since 1970. */
    timestamp: z.number(),
    role: z.literal("agent"),
  }),
  "stream.start": z.object({
    stream_id: StreamId,
    source: SourceConfig,
    encoder: EncoderConfig,
    /** The addresses to send to, one URL a path: `srt://host:port` or `rist://host:port`. */
    destinations: z.array(Url).check(z.minLength(1), z.maxLength(8)),
    bonding_config: z.object({
      version: z.literal(1),
      links: z.array(z.object({ id: z.int(), uri: Url, interface: z.optional(Text(32)) }))
        .check(z.maxLength(8)),
      scheduler: Scheduler,
    }),
    /** Passphrase that encrypts the link, 10 to 79 characters (SRT's limits). */
    psk: z.optional(Text(79)),
    /** Where the driver's control comes from; absent: nobody drives. The secret is never logged. */
    drive: z.optional(z.object({ host: Text(255), port: Port, secret: DriveSecret })),
  }),
  "stream.stop": z.object({ stream_id: StreamId, reason: Text(80) }),
  "config.update": ConfigUpdate,
  "agent.update": AgentUpdate,
  "logs.read": LogRequest,
  /** Settings of the agent, in place of those of the version before. */
  "settings.push": SettingsPush,
  /** The rights of a person at the box were changed. It has no answer. */
  "device.rights": z.object({ local_control: z.boolean() }),
  "stream.request.response": reply(z.object({ action: LocalAction })),
  /** `url`: where the gap is sent, by whoever knows it; absent: it is there. */
  "recording.offer.response": reply(z.object({ url: z.optional(Url) })),
  /** The stream's worker did not get all pictures of the last seconds. It has no answer. */
  "stream.missed": z.object({ stream_id: StreamId }),
  /** The refusal of a report; an accepted report has no answer. */
  "device.status.response": RefusalPayload,
  "stream.stats.response": RefusalPayload,
  "stream.ended.response": RefusalPayload,
});
/** A message to a device. */
export type ToAgent = LegMessage<typeof toAgent>;

/** The text that a device signs to prove its key. It names the purpose, the coordinator, the device and the time. */
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
