/**
 * The words for recordings.
 *
 * @module
 */
import { formatAgo, formatBytes } from "../shared/format.ts";
import type { Recording, RecordingEnd } from "../../protocol/recording/recording.ts";

/** Why a recording ended that nobody stopped, as the second half of a sentence. */
const ENDS: Readonly<Record<Exclude<RecordingEnd, "stopped">, string>> = {
  room_closed: "its room was closed",
  interrupted: "the process of its room ended unexpectedly",
  too_long: "it was as long as a recording may be",
  space_used: "the space for recordings is used up",
  disk_full: "the worker's disk is full",
  disk_failed: "the worker could not write it",
};

/** Why a recording ended, as a sentence; `undefined` when somebody stopped it. */
export function endSentence(reason: RecordingEnd): string | undefined {
  return reason === "stopped" ? undefined : `The recording ended: ${ENDS[reason]}.`;
}

/** Whether something cut a recording short: a limit, a fault, and not its end or that of its room. */
export function isCutShort(reason: RecordingEnd): boolean {
  return reason !== "stopped" && reason !== "room_closed";
}

/** A length or a place in a recording: `0:07`, `12:34`, `1:02:03`. */
export function formatLength(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/**
 * Kind, time and size of a recording in a list: `Clip, 2 min ago, 0:30, 1.2 MB`; of one that runs, how long it has:
 * `Recording for 1:05`. `now`: in milliseconds since 1970.
 */
export function factsOf(recording: Recording, now: number): string {
  const { started_at, ended } = recording;
  const kind = kindWord(recording);
  if (!ended) return `${kind} for ${formatLength(now - started_at)}`;
  const { duration_ms, bytes } = ended;
  return `${kind}, ${formatAgo(started_at, now)}, ${formatLength(duration_ms)}, ${
    formatBytes(bytes)
  }`;
}

/** What a recording is: `Clip`, `Recording`, `Drive`, `Recorded on the device`. */
export function kindWord({ kind, telemetry }: Pick<Recording, "kind" | "telemetry">): string {
  if (kind === "clip") return "Clip";
  if (kind === "device") return "Recorded on the device";
  return telemetry ? "Drive" : "Recording";
}
