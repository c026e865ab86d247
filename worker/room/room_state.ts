/**
 * The state of a room, its messages, its dependencies, and its summary for other processes.
 *
 * @module
 */
import type { CapturedFrame } from "../../media/ports.ts";
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import { RoomId, type SessionId, WorkerId, ZoneId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { MemoryTrouble } from "../../protocol/room_state/components.ts";
import type { App, EndReason, Room as RoomSummary } from "../../protocol/legs/room.ts";
import type { ToCoordinator, ToWorker } from "../../protocol/legs/worker_leg.ts";
import { type BitrateLimits, bitrateLimits } from "../sending/rate/limits.ts";
import type { CreateAnsweringPeer, CreatePeer, PacketizedFrame } from "../sending/ports.ts";
import type { SourceInfo, SourceSpec } from "../sources/ports.ts";
import type { OpenRecording, RecordingReport } from "../recording/ports.ts";
import type { RoomRecorder } from "../recording/room/room_recorder.ts";
import type { Audience } from "./audience.ts";
import type { Beginning } from "./autosave.ts";
import type { RoomSettings } from "./ipc.ts";
import { Playback } from "../playback/playback.ts";
import type { EncodeScreenshot } from "./assets/screenshots.ts";
import type { Saves } from "../saves/saves.ts";
import type { SeatKeeper } from "./seats/ports.ts";
import type { OpenSource, SourceListener } from "../playback/source_handle.ts";

/** The messages of a session that a room takes, without the start of an app. */
export type SessionMessage = Exclude<
  Extract<ToWorker, { payload: { session_id: SessionId } }>,
  { type: "app.start" | "session.pass" | "webrtc.preconnect" }
>;
/** A request for a connection to the spare. */
export type PreconnectMessage = Extract<ToWorker, { type: "webrtc.preconnect" }>;
/** `app.start` with the app's entry in the worker's library. */
export interface StartRequest {
  /** The envelope's id, which the response repeats. */
  readonly id: string;
  readonly session: SessionId;
  readonly app: App;
  readonly spec: SourceSpec;
  /** Begin at the saved state of this room. */
  readonly continueFrom?: RoomId | undefined;
}

/** The state of a room; `room.ts` shows its changes. */
export type State =
  | { readonly state: "spare" }
  | { readonly state: "empty" }
  | {
    readonly state: "starting";
    readonly app: App;
    readonly playback: Playback;
    /** The starts that are answered once the app is open, or has failed. */
    readonly requests: readonly StartRequest[];
  }
  | {
    readonly state: "open";
    readonly app: App;
    readonly playback: Playback;
    readonly openedAt: EpochMillis;
  }
  | { readonly state: "closed" };

/** The dependencies of a room. */
export interface RoomPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly createPeer: CreatePeer;
  readonly createAnsweringPeer: CreateAnsweringPeer;
  readonly openSource: OpenSource;
  /** Splits a frame into RTP payloads. */
  readonly packetize: (frame: CapturedFrame) => PacketizedFrame;
  readonly log: Log;
  /** Opens the saved states of an owner; what is saved belongs to the first holder. */
  readonly saves: (holders: readonly string[]) => Saves;
  /** Makes the files of a recording; absent: this worker keeps none. */
  readonly openRecording?: OpenRecording;
  readonly encodeScreenshot: EncodeScreenshot;
  /** Why nothing can be recorded at present; `undefined` when it can. */
  recordRefusal(): RefusalPayload | undefined;
  /** Why its cartridge's memory may not be the newest. */
  memoryTrouble?(): MemoryTrouble | undefined;
  /** Reports a recording to the main process. */
  recording(report: RecordingReport): void;
  /** Sends a message to the coordinator. */
  readonly report: ToCoordinator;
  /** The room is closed; the process can end. */
  ended(): void;
}

/** The room whose saved state was to be restored, and whether it was. */
export interface Restored {
  readonly from: RoomId;
  readonly continued: boolean;
}

/** Why a room of another worker does not go on. */
export const UNREACHABLE = "The saved state of this room cannot be read here at present";

/** What a person is told that a host has sent out. */
export const KICKED = "A host of the room sent you out";

/** Opens the source of a room. */
export function openPlayback(
  { openSource }: Pick<RoomPorts, "openSource">,
  { targetHeight, hardware }: Pick<RoomSettings, "targetHeight" | "hardware">,
  spec: SourceSpec,
  listener: SourceListener,
): Playback {
  const video = { targetHeight, ...(hardware && { hardware }) };
  return new Playback({ openSource, options: { spec, video, listener } });
}

/** The refusal of a request that needs a running app. */
export function notOpen(): RefusalPayload {
  return refuse("room.empty", "Nothing is running in this room yet");
}

/** The refusal to start an app in a room that runs another one. */
export function refuseOther(state: State): RefusalPayload {
  const title = "app" in state ? state.app.title : "Another app";
  const message = `Cannot start it in this room: ${title} is running here`;
  return refuse("room.busy", message, { title });
}

/** What an answer to a start says of the room that it was to continue. */
export function wasContinued(
  from: RoomId | undefined,
  { room_id }: Pick<RoomSummary, "room_id">,
  restored?: Restored,
): { readonly continued?: boolean } {
  if (!from) return {};
  const isRestored = from === restored?.from && restored.continued;
  return { continued: isRestored || from === room_id };
}

/** Reports the end of a room that the worker knows, or of each session of one that was not open. */
export function reportClosed(
  report: ToCoordinator,
  { room: room_id, sessions, ...end }: {
    readonly room: RoomId | undefined;
    readonly sessions: SessionId[];
    readonly reason: EndReason;
    readonly message: string;
  },
): void {
  if (room_id) return report("room.closed", { room_id, sessions, ...end });
  for (const session_id of sessions) report("session.ended", { session_id, ...end });
}

/** The bitrate limits by the picture's size and rate; until they are known, those of 480 lines at 60 Hz. */
export function limitsOf(
  info: SourceInfo | undefined,
  { targetHeight }: Pick<RoomSettings, "targetHeight">,
): BitrateLimits {
  const height = Math.max(info?.height ?? 480, targetHeight);
  return bitrateLimits({ height, frameRate: info?.frameRate ?? 60 });
}

/** Whether a player whose session ended for this reason may come back to the room. */
export function mayReturn(reason: EndReason): boolean {
  return reason === "quit" || reason === "left" || reason === "continued";
}

/** The summary of an open room that is sent on every leg. */
export function summarize(
  { app, playback, openedAt }: Extract<State, { state: "open" }>,
  { settings, restored, state, players, media: { audience, recorder } }: {
    readonly settings: RoomSettings;
    /** How the room began, if its state was to be restored. */
    readonly restored: Beginning | undefined;
    readonly state: "open" | "kept";
    readonly players: Pick<SeatKeeper, "seats" | "isFurther">;
    readonly media: { readonly audience: Audience; readonly recorder: RoomRecorder };
  },
): RoomSummary {
  const { info } = playback;
  return {
    room_id: RoomId.parse(settings.roomId),
    app_id: app.app_id,
    title: app.title,
    worker_id: WorkerId.parse(settings.workerId),
    zone: ZoneId.parse(settings.zone),
    state,
    paused: playback.pausedByPlayer,
    seats: players.seats.map((session, seat) => ({
      seat,
      ...(session && { session_id: session }),
      ...(session && players.isFurther(seat) && { further: true as const }),
      connected: session !== undefined && audience.isConnected(session),
    })),
    ...audience.watching,
    ...recorder.shown,
    width: info?.width ?? 0,
    height: info?.height ?? 0,
    frame_rate: info?.frameRate ?? 0,
    aspect: info?.aspect ?? 4 / 3,
    opened_at: openedAt,
    ...(settings.generation && {
      generation: settings.generation,
      ...(restored?.age !== undefined && { resumed_age_ms: restored.age }),
      ...(restored?.beganAnew && { began_anew: restored.beganAnew }),
    }),
  };
}
