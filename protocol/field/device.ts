/**
 * The inputs and interfaces of a field device, the settings of its stream, and the figures of a running stream, for
 * the agent leg, the operator leg and REST.
 *
 * @module
 */
import * as z from "zod/mini";
import { FAILSAFE_CAUSES, type FailsafeCause } from "../control/failsafe_causes.ts";
import { StreamId } from "../ids.ts";
import { plainText } from "../plain_text.ts";
import { DeviceRecordingReport } from "../recording/device.ts";
import { SettingsReport } from "./pushed_settings.ts";

/** A setting, or a sentence that may hold text of the system as it came. */
const Text = (max: number) => z.string().check(z.maxLength(max));
const Count = z.number().check(z.gte(0));
const Dbm = z.number().check(z.gte(-200), z.lte(50));
/** Absent or `null`: the device does not have the value. */
const maybe = <S extends z.ZodMiniType>(schema: S) => z.optional(z.nullable(schema));

/** `1920x1080`. */
export const Resolution = z.string().check(z.regex(/^\d{2,5}x\d{2,5}$/));
const FrameRate = z.number().check(z.gte(1), z.lte(240));
const picture = { resolution: z.optional(Resolution), framerate: z.optional(FrameRate) };

/** The input that a stream is made from. */
export const SourceConfig = z.discriminatedUnion("mode", [
  z.object({
    mode: z.literal("v4l2"),
    device: z.string().check(z.regex(/^\/dev\/[A-Za-z0-9/_-]{1,80}$/)),
    /** Take the camera's own H.264 instead of encoding. */
    passthrough: z.optional(z.boolean()),
    ...picture,
  }),
  z.object({ mode: z.literal("test"), pattern: z.optional(Text(40)), ...picture }),
  /** A simulated car, which the device's actuator drives. */
  z.object({ mode: z.literal("car"), ...picture }),
  z.object({
    mode: z.literal("file"),
    path: Text(1024),
    loop: z.optional(z.boolean()),
    ...picture,
  }),
  z.object({
    mode: z.literal("rtsp"),
    /** `rtsp://user:password@host:port/path`, read by `protocol/addresses/rtsp.ts`. */
    uri: z.string().check(z.regex(/^rtsps?:\/\//), z.maxLength(1024)),
    passthrough: z.optional(z.boolean()),
    ...picture,
  }),
]);
export type SourceConfig = z.infer<typeof SourceConfig>;

const Kbps = z.number().check(z.gte(50), z.lte(100_000));

/** How a device encodes its stream. Bitrates in kbit/s. */
export const EncoderConfig = z.object({
  bitrate_kbps: Kbps,
  min_bitrate_kbps: z.optional(Kbps),
  max_bitrate_kbps: z.optional(Kbps),
  tune: z.optional(Text(40)),
  /** Pictures between keyframes, at most. */
  keyint_max: z.optional(z.int().check(z.gte(1), z.lte(1000))),
  codec: z.optional(z.enum(["h264"])),
});
export type EncoderConfig = z.infer<typeof EncoderConfig>;

/** How a bonded link spreads packets. Unknown fields are kept and passed on. */
export const Scheduler = z.catchall(
  z.object({
    storm_enabled: z.optional(z.boolean()),
    /** A packet older than this is dropped, in milliseconds. Also the link's latency budget. */
    discard_deadline_ms: z.optional(z.number().check(z.gte(20), z.lte(30_000))),
    redundancy_enabled: z.optional(z.boolean()),
    redundancy_spare_ratio: z.optional(z.number().check(z.gte(0), z.lte(1))),
    critical_broadcast: z.optional(z.boolean()),
  }),
  z.union([z.boolean(), z.number(), Text(200)]),
);
export type Scheduler = z.infer<typeof Scheduler>;

/** The state of a modem, in the words of ModemManager (`MMModemState` and `MMModem3gppRegistrationState`). */
export const ModemReport = z.object({
  /** `connected`, `registered`, `searching`, `locked`, `failed` … */
  state: plainText(20),
  /** `home`, `roaming`, `searching`, `denied` … */
  registration: maybe(plainText(20)),
  /** What a locked modem needs: `sim-pin`, `sim-puk` … */
  lock: maybe(plainText(20)),
  /** Why it failed: `sim-missing` … */
  reason: maybe(plainText(40)),
});
export type ModemReport = z.infer<typeof ModemReport>;

/** A network interface of a device. Signal strengths in dBm. */
export const NetworkInterface = z.object({
  name: plainText(32),
  type: z.enum(["cellular", "ethernet", "wifi", "other"]),
  state: z.enum(["connected", "disconnected", "connecting", "error"]),
  ip: maybe(plainText(64)),
  carrier: maybe(plainText(80)),
  signal_dbm: maybe(Dbm),
  /** A modem's own measure, 0 … 100; coarser than dBm, and there also without them. */
  signal_percent: maybe(z.number().check(z.gte(0), z.lte(100))),
  technology: maybe(plainText(40)),
  has_default_route: maybe(z.boolean()),
  rsrp: maybe(z.number()),
  rsrq: maybe(z.number()),
  sinr: maybe(z.number()),
  cell_id: maybe(plainText(40)),
  band: maybe(plainText(40)),
  driver: maybe(plainText(80)),
  modem: maybe(ModemReport),
});
export type NetworkInterface = z.infer<typeof NetworkInterface>;

/** A camera, file, test picture or simulated car that a device can send. */
export const MediaInput = z.object({
  device: plainText(200),
  type: z.enum(["v4l2", "file", "test", "rtsp", "car"]),
  label: plainText(200),
  /** `1920x1080@30`. */
  capabilities: z.array(plainText(40)).check(z.maxLength(256)),
  status: z.enum(["available", "in_use", "error"]),
});
export type MediaInput = z.infer<typeof MediaInput>;

/** A video file in the media folder of a device. */
export const SavedMedia = z.object({
  path: plainText(1024),
  name: plainText(255),
  size_mb: Count,
  duration_s: maybe(Count),
});

/** The state of an update of the agent. */
export const UpdateProgress = z.object({
  state: z.enum(["downloading", "restarting", "done", "rolled_back", "failed"]),
  version: maybe(plainText(40)),
  detail: maybe(Text(400)),
});

/** The vehicle that a device is. */
export const VehicleReport = z.object({
  /** The kind of its actuator: `log`, `udp`, `pwm`, `pca9685`, `mavlink`, `crsf` or `sbus`. */
  actuator: plainText(20),
  state: z.enum(["disarmed", "armed", "failsafe"]),
  /** Of a failsafe. */
  cause: z.optional(z.enum(Object.keys(FAILSAFE_CAUSES) as FailsafeCause[])),
  /** What went wrong with the actuator, as a sentence. */
  error: z.optional(Text(400)),
});
export type VehicleReport = z.infer<typeof VehicleReport>;

/** What a device reports of itself: its interfaces, its inputs and its load. */
export const DeviceStatus = z.object({
  network_interfaces: z.array(NetworkInterface).check(z.maxLength(64)),
  media_inputs: z.array(MediaInput).check(z.maxLength(64)),
  saved_media: z._default(z.array(SavedMedia).check(z.maxLength(256)), []),
  /** `idle`, `starting`, `streaming`, `stopping` or a word of the device's own. */
  stream_state: plainText(40),
  cpu_percent: Count,
  /** Megabytes are 10⁶ bytes. */
  mem_used_mb: Count,
  mem_total_mb: maybe(Count),
  temperature_c: maybe(z.number()),
  uptime_s: Count,
  /** The streams that run on the device; the coordinator corrects its records by this list. Absent: not reported. */
  running_streams: z.optional(z.array(StreamId).check(z.maxLength(32))),
  update: maybe(UpdateProgress),
  /** Programs that would tell more and are not installed: `mmcli` (modems), `v4l2-ctl` (modes of cameras). */
  missing_tools: maybe(z.array(plainText(40)).check(z.maxLength(8))),
  /** Absent: it is no vehicle. */
  vehicle: z.optional(VehicleReport),
  /** Absent: this agent takes no settings from operators. */
  settings: z.optional(SettingsReport),
  /** Absent: this agent makes no recording of its own. */
  recording: z.optional(DeviceRecordingReport),
});
export type DeviceStatus = z.infer<typeof DeviceStatus>;

/** One path of a link. What the device cannot measure is left out or `null`, never 0. */
export const LinkStats = z.object({
  id: z.int(),
  interface: plainText(32),
  /** `Init`, `Probe`, `Warm`, `Live`, `Degrade` or `Cooldown`. */
  state: plainText(20),
  /** For how long it has been in this state, in seconds. */
  state_s: maybe(Count),
  rtt_ms: maybe(Count),
  /** 0 … 1. */
  loss_rate: maybe(z.number().check(z.gte(0), z.lte(1))),
  /** Bits a second. */
  capacity_bps: maybe(Count),
  sent_bytes: Count,
  /** Bits a second. */
  observed_bps: maybe(Count),
  signal_dbm: maybe(Dbm),
});
export type LinkStats = z.infer<typeof LinkStats>;

/** The state of the input of a running stream. */
export const InputCondition = z.discriminatedUnion("state", [
  z.object({ state: z.literal("open") }),
  z.object({
    /** The input gives no pictures; the device opens it again. */
    state: z.literal("lost"),
    /** Seconds since it was lost. */
    lost_for_s: Count,
    /** Seconds until the stream ends unless the input gives pictures again. */
    gives_up_in_s: Count,
    /** Why, in a sentence without any secret. */
    error: Text(400),
  }),
]);
export type InputCondition = z.infer<typeof InputCondition>;

/** The figures of a running stream as its device measures them, once a second. */
export const StreamStats = z.object({
  stream_id: StreamId,
  uptime_s: Count,
  /** What the encoder delivered. */
  encoder_bitrate_kbps: Count,
  /** What the encoder aims at, which follows the link; `null`: nothing is encoded. */
  target_bitrate_kbps: maybe(Count),
  /** What encodes: `x264`, `V4L2 M2M`, `Rockchip MPP`, `VA-API`, `NVENC`; `null`: nothing is encoded. */
  encoder: maybe(plainText(40)),
  /** From a picture's delivery by its source until it is compressed, in the mean of the period, in milliseconds. */
  encode_ms: maybe(Count),
  /** The device's clock, milliseconds since 1970. */
  timestamp_ms: z.optional(z.number()),
  links: z.array(LinkStats).check(z.maxLength(16)),
  /** Pictures a second out of the encoder. */
  framerate: maybe(Count),
  dropped_frames: maybe(Count),
  input: maybe(InputCondition),
});
export type StreamStats = z.infer<typeof StreamStats>;
