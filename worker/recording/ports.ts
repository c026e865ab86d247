/**
 * What recordings need of the system, and the messages about them between a room process and its parent.
 *
 * @module
 */
import type { RefusalPayload } from "../../protocol/envelope.ts";
import type { AppendFile } from "../../protocol/disk/append_file.ts";
import type { RecordAction, Recording, RecordingEnd } from "../../protocol/recording/recording.ts";
import type { RoomOwner } from "../../protocol/pass.ts";

/** The files of one recording. */
export interface RecordingFiles {
  readonly video: AppendFile;
  /** Absent: the room has no vehicle. */
  readonly telemetry?: AppendFile;
}

/**
 * Makes the folder of a recording with its description and its files.
 *
 * @throws {Error} the file system's
 */
export type OpenRecording = (about: Recording) => Promise<RecordingFiles>;

/** How long a recording may be. */
export interface RecordingSettings {
  /** In milliseconds. */
  readonly longest: number;
}

/** A message to a room: what it is to do. Without `request` nobody waits for an answer. */
export interface RecordMessage {
  readonly type: "record";
  readonly action: RecordAction;
  readonly owner: RoomOwner;
  /** The id of the coordinator's request. */
  readonly request?: string;
  /** Why it is to stop; somebody asked for it when absent. */
  readonly reason?: RecordingEnd;
}

/** A message to a room: why nothing can be recorded at present; without `refusal` it can. */
export interface RecordSpace {
  readonly type: "record_space";
  readonly refusal?: RefusalPayload;
}

/** A message of a room: a recording began, or its files are complete for the given reason. */
export interface RecordingReport {
  readonly type: "recording";
  readonly about: Recording;
  readonly end?: RecordingEnd | undefined;
}
