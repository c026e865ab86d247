/**
 * Rows about the fleet: senders, streams, destinations and alerts.
 *
 * @module
 */
import * as z from "zod/mini";
import { EncoderConfig, Scheduler } from "../../protocol/field/device.ts";
import { IngestTransport } from "../../protocol/field/ingest.ts";
import {
  AppId,
  DestinationId,
  RoomId,
  SenderId,
  StreamId,
  UserId,
  WorkerId,
} from "../../protocol/ids.ts";
import { DeviceSettingsVersion } from "../../protocol/rest/devices.ts";
import { KeepLiveHours, KeepLiveStart } from "../../protocol/rest/keep_live.ts";
import { Preset } from "../../protocol/rest/presets.ts";
import { Alert } from "../../protocol/rest/settings.ts";
import { Platform, StreamSource } from "../../protocol/rest/streams.ts";
import { StreamTrail } from "../../protocol/field/trail.ts";
import { KeepLiveLife } from "../domain/keep_live.ts";
import { SenderLife } from "../domain/sender.ts";
import { isActive, StreamLife } from "../domain/stream.ts";
import { table, timeKey } from "./table.ts";
import { DeviceRecordingSettings } from "../../protocol/recording/device.ts";

/** Keep live of a sender that had a stream. */
export const KeepLiveRecord = z.object({
  life: KeepLiveLife,
  /** The settings of the newest start by an operator, sealed: an address of a camera may contain a password. */
  start_sealed: z.string(),
  hours: z.optional(KeepLiveHours),
  /** The newest first. */
  starts: z.array(KeepLiveStart),
});
export type KeepLiveRecord = z.infer<typeof KeepLiveRecord>;

/** A sender. */
export const SenderRecord = z.object({
  sender_id: SenderId,
  owner_id: UserId,
  name: z.string(),
  life: SenderLife,
  created_at: z.number(),
  /** When a message from it arrived last, milliseconds since 1970; to the minute while it is online. */
  last_seen_at: z.optional(z.number()),
  /** The facts that the device sent at its newest login. */
  hostname: z.optional(z.string()),
  arch: z.optional(z.string()),
  agent_version: z.optional(z.string()),
  proto: z.optional(z.number()),
  clock_skew_ms: z.optional(z.number()),
  /** Settings that the device receives again after a restart. */
  scheduler: z.optional(Scheduler),
  encoder: z.optional(z.partial(EncoderConfig)),
  recording: z.optional(DeviceRecordingSettings),
  keep_live: z.optional(KeepLiveRecord),
  tags: z.optional(z.array(z.string())),
  /** Whether a player who opens it starts its stream. */
  on_demand: z.optional(z.boolean()),
  /** Whether it is the demonstration car, whose device runs only with its stream. */
  demo_car: z.optional(z.boolean()),
  /** Whether a person at the box may start and stop its stream. */
  local_control: z.optional(z.boolean()),
  /** The versions of the settings that operators pushed to its device, the newest first. */
  settings: z.optional(z.array(DeviceSettingsVersion)),
  /** The key with which a program publishes as this sender, hashed. */
  publish_key: z.optional(z.object({ hash: z.string(), made_at: z.number() })),
  /** Ports for a vehicle that runs v3xctrl are to be open at this worker; absent: none are. */
  streamer: z.optional(z.object({ worker_id: WorkerId, port: z.number() })),
});
export type SenderRecord = z.infer<typeof SenderRecord>;

/** A stream, active or ended. */
export const StreamRecord = z.object({
  stream_id: StreamId,
  sender_id: SenderId,
  owner_id: UserId,
  sender_name: z.string(),
  life: StreamLife,
  asked_at: z.number(),
  live_at: z.optional(z.number()),
  /** Until when the worker reported a picture; set when the stream ends. */
  picture_until: z.optional(z.number()),
  started_by: z.optional(z.string()),
  restarted_from: z.optional(StreamId),
  source: StreamSource,
  encoder: z.optional(EncoderConfig),
  destinations: z.array(DestinationId),
  transport: IngestTransport,
  worker_id: z.optional(WorkerId),
  /** Media ports leased at the worker; empty once the stream has ended. */
  ports: z.array(z.number()),
  room_id: z.optional(RoomId),
  app_id: z.optional(AppId),
});
export type StreamRecord = z.infer<typeof StreamRecord>;

/** The last minutes of an ended stream. */
export const TrailRecord = z.object({
  stream_id: StreamId,
  ended_at: z.number(),
  trail: StreamTrail,
});
export type TrailRecord = z.infer<typeof TrailRecord>;

/** A destination of streams; its secrets are sealed. */
export const DestinationRecord = z.object({
  destination_id: DestinationId,
  owner_id: UserId,
  name: z.string(),
  platform: Platform,
  url: z.string(),
  /** The stream key or stream id, sealed; absent when there is none. */
  key_sealed: z.optional(z.string()),
  /** The passphrase of an SRT link, sealed; absent when there is none. */
  passphrase_sealed: z.optional(z.string()),
  created_at: z.number(),
  updated_at: z.number(),
});
export type DestinationRecord = z.infer<typeof DestinationRecord>;

/** A preset of starts. */
export const PresetRecord = Preset;
export type PresetRecord = z.infer<typeof PresetRecord>;

/** An alert. `owner_id` is absent when only administrators see it. */
export const AlertRecord = z.extend(Alert, { owner_id: z.optional(UserId) });
export type AlertRecord = z.infer<typeof AlertRecord>;

/** The tables of these rows. */
export const fleetTables = {
  senders: table<SenderRecord>({
    schema: SenderRecord,
    key: (row) => row.sender_id,
    sort: (row) => row.name.toLowerCase(),
    index: {
      owner_id: (row) => row.owner_id,
      state: (row) => row.life.state,
    },
  }),
  streams: table<StreamRecord>({
    schema: StreamRecord,
    key: (row) => row.stream_id,
    sort: (row) => timeKey(row.asked_at),
    index: {
      owner_id: (row) => row.owner_id,
      sender_id: (row) => row.sender_id,
      /** `1` until the stream has ended, then `0`. */
      active: (row) => isActive(row.life) ? "1" : "0",
    },
  }),
  trails: table<TrailRecord>({
    schema: TrailRecord,
    key: (row) => row.stream_id,
    sort: (row) => timeKey(row.ended_at),
    index: {},
  }),
  destinations: table<DestinationRecord>({
    schema: DestinationRecord,
    key: (row) => row.destination_id,
    sort: (row) => row.name.toLowerCase(),
    index: { owner_id: (row) => row.owner_id },
  }),
  presets: table<PresetRecord>({
    schema: PresetRecord,
    key: (row) => row.preset_id,
    sort: (row) => row.name.toLowerCase(),
    index: { owner_id: (row) => row.owner_id },
  }),
  alerts: table<AlertRecord>({
    schema: AlertRecord,
    key: (row) => row.alert_id,
    sort: (row) => timeKey(row.raised_at),
    index: {
      owner_id: (row) => row.owner_id,
      state: (row) => row.state,
    },
  }),
};
