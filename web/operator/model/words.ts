/**
 * States and reasons in words, each with the status that its mark shows.
 *
 * @module
 */
import { publicRtsp } from "../../../protocol/addresses/rtsp.ts";
import type { LinkStats, StreamStats } from "../../../protocol/field/device.ts";
import type { Measured } from "../../../protocol/rest/measured.ts";
import type { Sender } from "../../../protocol/rest/senders.ts";
import type { AlertRule } from "../../../protocol/rest/settings.ts";
import type {
  Stream,
  StreamEndReason,
  StreamSource,
  StreamState,
} from "../../../protocol/rest/streams.ts";
import type { Status } from "../../shared/format.ts";
import { formatMbps, formatSpan } from "./format.ts";

/** `ready`: connected and idle. The player does not have this status. */
export type Tone = Status | "ready";

/** A state as a word, with the tone of its mark. */
export interface Wording {
  readonly tone: Tone;
  readonly word: string;
}

/** A live stream without a picture for this long is shown without a picture, in milliseconds. */
const PICTURE_GAP = 3_000;
/** A live stream whose figures are older than this is shown as unseen, in milliseconds. */
export const UNSEEN = 10_000;

/** What a sender is doing, worst first. */
export function senderWording(sender: Sender, now: number): Wording {
  const { state, online, stream } = sender;
  if (state === "revoked") return { tone: "off", word: "Decommissioned" };
  if (isAtRest(sender)) return { tone: "off", word: "Starts when opened" };
  if (state === "invited") {
    const expired = sender.token_expires_at !== undefined && sender.token_expires_at <= now;
    return { tone: "off", word: expired ? "Token expired" : "Not enrolled" };
  }
  if (!online && stream) return { tone: "lost", word: "Lost contact" };
  if (!online) return { tone: "off", word: "Offline" };
  if (!stream) return { tone: "ready", word: "Ready" };
  return streamWording(stream, now);
}

/** Whether nothing is wrong with a sender that is not online: its device is started when somebody opens it. */
export function isAtRest(
  { online, stream, state, starts_when_opened }: Sender,
): boolean {
  return starts_when_opened === true && !online && !stream && state !== "revoked";
}

/** Since when a sender is in the state that {@linkcode senderWording} names; `undefined` when it was never seen. */
export function senderSince(sender: Sender, now: number): number | undefined {
  const { online, stream, since, last_seen_at } = sender;
  return online && stream ? runningTime(stream, now).since : since ?? last_seen_at;
}

interface StreamBrief {
  readonly state: StreamState;
  readonly figures?: Stream["figures"] | undefined;
}

/** The state of a stream in words at `now`, the coordinator's milliseconds since 1970. */
export function streamWording({ state, figures }: StreamBrief, now: number): Wording {
  switch (state) {
    case "starting":
      return { tone: "attention", word: "Starting" };
    case "stopping":
      return { tone: "off", word: "Stopping" };
    case "ended":
      return { tone: "off", word: "Ended" };
    case "live":
      if (figures && now - figures.at > UNSEEN) return { tone: "attention", word: "Not seen" };
      return pictureMissing(figures, now)
        ? { tone: "attention", word: "No picture" }
        : { tone: "live", word: "Live" };
  }
}

/**
 * The name of a running stream's time and since when it counts: since the state began, or since what the state's name
 * no longer says: since the last picture, or since the last report of it.
 */
export function runningTime(
  { state, since, figures }: StreamBrief & Pick<Stream, "since">,
  now: number,
): { readonly name: string; readonly since: number } {
  if (state !== "live") return { name: "For", since };
  if (figures && now - figures.at > UNSEEN) return { name: "Not seen for", since: figures.at };
  const received = figures?.received;
  if (received && now - received.at > UNSEEN) {
    return { name: "Picture unknown for", since: received.at };
  }
  return pictureMissing(figures, now) === undefined
    ? { name: "Live for", since }
    : { name: "No picture for", since: received?.last_picture_at ?? since };
}

/** For how long there has been no picture, in milliseconds; `undefined` while there is one or it is unknown. */
export function pictureMissing(figures: Stream["figures"], now: number): number | undefined {
  const received = figures?.received;
  if (!received || received.picture) return undefined;
  const gap = now - (received.last_picture_at ?? received.at);
  return received.last_picture_at !== undefined && gap < PICTURE_GAP ? undefined : gap;
}

/**
 * For how long an ended stream brought a picture, in milliseconds: from the first report to the last picture.
 * `undefined` when no picture was reported.
 */
export function pictureLength(
  { live_at, picture_until }: Pick<Stream, "live_at" | "picture_until">,
): number | undefined {
  if (live_at === undefined || picture_until === undefined) return undefined;
  return Math.max(0, picture_until - live_at);
}

const LINK_STATES: Readonly<Record<string, string>> = {
  Init: "Starting",
  Probe: "Probing",
  Warm: "Warming up",
  Live: "Sending",
  Degrade: "Degraded",
  Cooldown: "Down",
};

/**
 * The state of a link in words, and for how long it has been in it, except for a live one; an unknown state is shown as
 * it came.
 */
export function linkWord(
  { state, state_s: seconds }: Pick<LinkStats, "state" | "state_s">,
): string {
  const word = LINK_STATES[state] ?? state;
  if (state === "Live" || typeof seconds !== "number") return word;
  return `${word} for ${formatSpan(Math.max(1, seconds) * 1_000)}`;
}

/** The tone of a link's state. */
export function linkTone({ state }: Pick<LinkStats, "state">): "live" | "attention" | "lost" {
  if (state === "Live") return "live";
  return state === "Cooldown" ? "lost" : "attention";
}

/** The bitrate that a list sorts by: at the device, or before its first report at the worker. */
export function uplinkKbps(figures: Stream["figures"]): number | undefined {
  return (figures?.sent ?? figures?.received)?.bitrate_kbps;
}

/**
 * The packet loss of a stream (a fraction, 0 … 1) and who measured it: the device on its links, or where its transport
 * does not measure loss, the worker.
 */
export function lossOf(
  { sent, received }: NonNullable<Stream["figures"]>,
): Measured & { readonly rate: number; readonly by: string } | undefined {
  if (sent?.loss_rate !== undefined) {
    return { at: sent.at, rate: sent.loss_rate, by: "Measured by the device on its links" };
  }
  if (received?.loss_rate === undefined) return undefined;
  return { at: received.at, rate: received.loss_rate, by: "Packets that never reached the worker" };
}

/** Loss from which a figure is coloured, as fractions. */
const LOSS_ATTENTION = 0.01;
const LOSS_LOST = 0.05;

/** The tone of a packet loss (a fraction, 0 … 1); `undefined` below 0.01. */
export function lossTone(loss: number): "lost" | "attention" | undefined {
  if (loss >= LOSS_LOST) return "lost";
  return loss >= LOSS_ATTENTION ? "attention" : undefined;
}

/** Round trips of a link from the field from which a figure is coloured, in milliseconds: no game is played over it. */
const FIELD_ATTENTION = 250;
const FIELD_LOST = 800;

/** The tone of a round trip between a device and its worker; `undefined` for an ordinary or unknown one. */
export function fieldRoundTripTone(ms: number | undefined): Tone | undefined {
  if (ms === undefined || ms < FIELD_ATTENTION) return undefined;
  return ms < FIELD_LOST ? "attention" : "lost";
}

/** Says that the encoder aims at less than the stream began with, because its link carries no more. */
export function followNote(
  { target_bitrate_kbps: target }: Pick<StreamStats, "target_bitrate_kbps">,
  { encoder }: Pick<Stream, "encoder">,
): string | undefined {
  if (typeof target !== "number" || !encoder) return undefined;
  const { bitrate_kbps: wished, max_bitrate_kbps: most = wished } = encoder;
  const first = Math.min(wished, most);
  if (target >= first) return undefined;
  return `The link carries no more: it aims at ${formatMbps(target)} of ${formatMbps(first)} Mb/s`;
}

/** `No picture for 40 s`. */
export function pictureSentence(figures: Stream["figures"], now: number): string {
  if (!figures) return "No figures yet";
  if (!figures.received) return "The worker has reported nothing yet";
  const missing = pictureMissing(figures, now);
  if (missing === undefined) return "Picture arrives";
  if (figures.received.last_picture_at === undefined) return "No picture yet";
  return `No picture for ${formatSpan(missing)}`;
}

const REASONS: Record<StreamEndReason, string> = {
  user_stop: "Stopped at the device",
  error: "Failed on the device",
  control_plane_stop: "Stopped by an operator",
  agent_shutdown: "Agent was shut down",
  timeout: "Worker did not answer",
  pipeline_crash: "Pipeline crashed",
  refused: "Device refused",
  no_answer: "Device did not answer",
  never_started: "Never started",
  reconciled: "Device came back without it",
  unobserved: "Lost contact",
  worker_lost: "Worker went away",
  worker_failed: "Worker failed",
  forced: "Did not stop when told",
  sender_revoked: "Sender decommissioned",
  hours_ended: "Keep-live hours ended",
  unwatched: "Nobody watched",
  publisher_stop: "Stopped by its publisher",
  publisher_lost: "Publisher went away",
};
const WANTED: readonly string[] = [
  "user_stop",
  "control_plane_stop",
  "agent_shutdown",
  "sender_revoked",
  "hours_ended",
  "unwatched",
  "publisher_stop",
];

/** The reason of an end in two or three words; an unknown reason is shown as it came. */
export function reasonWord(reason: string): string {
  return REASONS[reason as StreamEndReason] ?? reason.replaceAll("_", " ");
}

/** The message of an end, where it says more than {@linkcode reasonWord}; else `undefined`. */
export function endDetail(
  { reason, message }: {
    readonly reason?: string | undefined;
    readonly message?: string | undefined;
  },
): string | undefined {
  return reason !== undefined && message === reasonWord(reason) ? undefined : message;
}

/** Whether a user requested this end, or the hours that a user set. */
export function isWantedEnd(reason: string): boolean {
  return WANTED.includes(reason);
}

const RULES: Record<AlertRule, string> = {
  offline: "Sender offline",
  no_picture: "No picture",
  loss: "Packet loss",
  low_signal: "Weak signal",
  cpu: "High CPU",
  worker_lost: "Worker unreachable",
  storage: "Disk problem",
};

/** The name of an alert rule in words. */
export function ruleWord(rule: AlertRule): string {
  return RULES[rule];
}

/** The tone of a rule: `lost` for a lost worker, an offline sender or a disk that takes no writes; else `attention`. */
export function ruleTone(rule: AlertRule): Tone {
  return ["worker_lost", "offline", "storage"].includes(rule) ? "lost" : "attention";
}

/** `HDMI capture (/dev/video0), 1920×1080 at 30 fps`. */
export function sourceWords(source: StreamSource): string {
  return [sourceName(source), pictureWords(source)].filter(Boolean).join(", ");
}

/** The name of a source: its device, file or address, the test pattern or the simulated car. */
export function sourceName(source: StreamSource): string {
  switch (source.mode) {
    case "whip":
      return "Published by WHIP";
    case "v3xctrl":
      return "v3xctrl streamer";
    case "v4l2":
      return source.device;
    case "test":
      return "Test pattern";
    case "car":
      return "Simulated car";
    case "file":
      return `File ${source.path.split("/").at(-1)}`;
    case "rtsp":
      return publicRtsp(source.uri);
  }
}

/** `1920×1080 at 30 fps`, without the parts that are unknown. */
export function pictureWords(source: StreamSource): string {
  if (source.mode === "whip" || source.mode === "v3xctrl") return "";
  const { resolution, framerate } = source;
  const size = resolution?.replace("x", "×");
  const rate = framerate === undefined ? undefined : `${framerate} fps`;
  return [size, rate].filter((part) => part !== undefined).join(" at ");
}
