/**
 * What the scripted devices and workers report at any moment: steady values with a slow and a quick swing, the
 * same for the same moment.
 *
 * @module
 */
import type { LogLine } from "../../../protocol/field/device_log.ts";
import type { DeviceStatus, StreamStats } from "../../../protocol/field/device.ts";
import type { IngestStats } from "../../../protocol/field/ingest.ts";
import type { DestinationId, StreamId } from "../../../protocol/ids.ts";

/** A stream as far as its reports depend on it. */
export interface Reported {
  readonly stream_id: StreamId;
  readonly live_at?: number | undefined;
  readonly ports: readonly number[];
  readonly destinations: readonly DestinationId[];
}

/** Encoder bitrate in kbit/s, round trip in ms and packet loss of a stream at a moment. */
function figuresAt({ stream_id }: Reported, now: number) {
  const own = [...stream_id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const t = now / 1000;
  const swing = Math.sin(t / 9 + own) * 0.12 + Math.sin(t / 1.7 + own * 2) * 0.05;
  const bad = own % 9 === 0;
  return {
    kbps: Math.round((2_400 + (own * 37) % 4_200) * (1 + swing)),
    rtt: Math.round((bad ? 118 : 28 + own % 30) * (1 + swing / 3)),
    loss: bad ? 0.021 + swing / 20 : Math.max(0, 0.0008 + swing / 200),
    bad,
    viewers: own % 5,
  };
}

/** Why the first device took a version back. */
const ROLLED_BACK = "the coordinator was not reached within 120 s";

/** The parts of a device; `streamId` is the stream that it sends. */
export function statusOf(
  { index, streamId, now }: { index: number; streamId: StreamId | undefined; now: number },
): DeviceStatus {
  const wobble = Math.sin(now / 20_000);
  return {
    network_interfaces: [
      {
        name: "wwan0",
        type: "cellular",
        state: "connected",
        ip: "10.45.0.2",
        carrier: "T-Mobile",
        signal_dbm: Math.round(-72 + wobble * 3),
        technology: "LTE",
        has_default_route: true,
        rsrp: -98,
        rsrq: -11,
        sinr: 13,
        band: "B3",
      },
      {
        name: "wwan1",
        type: "cellular",
        state: "connected",
        ip: "10.46.0.3",
        carrier: "Vodafone",
        signal_dbm: Math.round(-94 + wobble * 4),
        technology: "5G NSA",
        has_default_route: true,
        rsrp: -107,
        sinr: 6,
        band: "n78",
      },
      {
        name: "eth0",
        type: "ethernet",
        state: "connected",
        ip: "192.168.8.12",
        has_default_route: false,
        driver: "r8152",
      },
      { name: "wlan0", type: "wifi", state: "disconnected" },
    ],
    media_inputs: [
      {
        device: "/dev/video0",
        type: "v4l2",
        label: "HDMI Capture – USB Video",
        capabilities: ["1920x1080@30", "1920x1080@25", "1280x720@60"],
        status: streamId ? "in_use" : "available",
      },
      {
        device: "/dev/video2",
        type: "v4l2",
        label: "USB Webcam",
        capabilities: ["1280x720@30", "640x480@30"],
        status: "available",
      },
      {
        device: "rtsp://10.0.0.31/stream1",
        type: "rtsp",
        label: "Mast camera",
        capabilities: [],
        status: "error",
      },
      {
        device: "test",
        type: "test",
        label: "Test pattern",
        capabilities: ["1280x720@30", "640x360@30"],
        status: "available",
      },
    ],
    saved_media: [
      {
        path: "/var/lib/farpad/media/harbour.mp4",
        name: "harbour.mp4",
        size_mb: 42,
        duration_s: 120,
      },
    ],
    stream_state: streamId ? "streaming" : "idle",
    cpu_percent: Math.round(16 + (index * 11) % 50 + wobble * 8),
    mem_used_mb: 412 + Math.round(wobble * 20),
    mem_total_mb: 3_900,
    temperature_c: Math.round(58 + wobble * 2),
    uptime_s: 3 * 86_400 + 4_210,
    running_streams: streamId ? [streamId] : [],
    settings: {
      version: index === 0 ? 2 : 0,
      own: { input_patience: "300", simulated_car: "off", log_level: "info" },
      ...(index === 0 && { rolled_back: { version: 3, reason: ROLLED_BACK } }),
    },
  };
}

/** The device's figures of one second of a stream. One radio becomes weak from time to time. */
export function sentAt(stream: Reported, now: number): StreamStats {
  const t = now / 1000;
  const figures = figuresAt(stream, now);
  const fade = Math.max(0, Math.sin(t / 47) - 0.6) * 2.2;
  const split = 0.58 + Math.sin(t / 13) * 0.08 - fade * 0.3;
  const link = (id: number, name: string, share: number, base: number, weak: number) => ({
    id,
    interface: name,
    state: weak > 0.7 || (figures.bad && id > 0) ? "Degrade" : "Live",
    rtt_ms: Math.round((base + Math.sin(t / 2.3 + id * 2) * 4 + weak * 60) * 10) / 10,
    loss_rate: Math.min(1, Math.max(0, figures.loss + Math.sin(t / 3 + id) / 4_000 + weak * 0.03)),
    capacity_bps: 8_500_000 + id * 3_500_000,
    sent_bytes: Math.round((t % 100_000) * share * 500_000),
    observed_bps: Math.round(figures.kbps * 1000 * share),
    signal_dbm: Math.round((id ? -94 : -72) - weak * 12),
  });
  return {
    stream_id: stream.stream_id,
    uptime_s: Math.max(0, Math.round((now - (stream.live_at ?? now)) / 1000)),
    encoder_bitrate_kbps: Math.round(figures.kbps / 1.06),
    timestamp_ms: now,
    links: [
      link(0, "wwan0", split, figures.rtt + 6, 0),
      link(1, "wwan1", 1 - split, figures.rtt, fade),
    ],
    framerate: 30,
    dropped_frames: 2,
  };
}

/** The worker's figures of the same second; the newest picture arrived at `lastPictureAt`, 0: none arrived. */
export function receivedAt(
  stream: Reported,
  now: number,
  lastPictureAt: number = now - 20,
): IngestStats {
  const figures = figuresAt(stream, now);
  return {
    stream_id: stream.stream_id,
    picture: now - lastPictureAt < 2_000,
    ...(lastPictureAt > 0 ? { last_picture_at: lastPictureAt } : {}),
    bitrate_kbps: Math.round(figures.kbps * 0.995),
    framerate: 29.9,
    codec: "h264",
    width: 1920,
    height: 1080,
    handling: "forwarded",
    received_packets: 1_284_012,
    lost_packets: 214,
    retransmitted_packets: 3_310,
    latency_ms: 200,
    origin: { device_ms: 9.4, link_ms: 231.7, error_ms: 19.5 },
    viewers: figures.viewers,
    links: stream.ports.map((port, i) => ({
      port,
      bitrate_kbps: Math.round(figures.kbps * (i ? 0.42 : 0.58)),
      loss_rate: i ? 0.004 : 0.001,
      rtt_ms: i ? 39 : 45,
    })),
    egress: stream.destinations.map((destination_id, i) => ({
      destination_id,
      state: i ? "waiting" : "sending",
      restarts: i ? 3 : 0,
      sent_bytes: i ? 0 : 812_000_000,
      ...(i
        ? { detail: "The other end closed the connection: Connection refused. Next try in 12 s." }
        : {}),
    })),
  };
}

/** A device's log, whose newest line is a minute old. */
export function logAt(now: number): LogLine[] {
  const at = (seconds: number) => now - seconds * 1000;
  return [
    {
      at: at(900),
      level: "info",
      text: "logged in (sender=snd_1 url=wss://field.example/agent/ws)",
    },
    { at: at(420), level: "warn", text: "probe failed (what=signal error=mmcli took too long)" },
    { at: at(61), level: "error", text: "no picture from /dev/video0 (error=No such device)" },
    { at: at(60), level: "info", text: "source open again (device=/dev/video0 lost_for_s=14)" },
  ];
}
