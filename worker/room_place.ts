/**
 * A room process that is in use: how many places of the worker such processes take, who may enter one, what
 * can be started in it, and what the coordinator sees of its room.
 *
 * @module
 */
import { join } from "node:path";
import type { EpochMillis } from "../protocol/clock.ts";
import type { Refusal } from "../protocol/envelope.ts";
import type { AppId, PeerId, RoomId, SessionId } from "../protocol/ids.ts";
import type { App, EndReason, Room } from "../protocol/legs/room.ts";
import type { FromWorker, ToCoordinator, ToWorker } from "../protocol/legs/worker_leg.ts";
import type { RoomOwner } from "../protocol/pass.ts";
import { type PassProof, readPass, type SessionPass } from "../protocol/signed_pass.ts";
import type { RoomProcess } from "./room_process.ts";
import type { SourceSpec } from "./sources/ports.ts";

/**
 * Processes that may end beside as many rooms as the worker has places, so that nobody waits for a room that is over.
 * There are not more of them, because each takes memory until it has ended.
 */
const ENDING_BESIDE = 2;

/** A room process that is in use. `summary` is set once an app runs in it. */
export interface Place {
  readonly roomId: RoomId;
  /** The app of a room that runs also without a session; `undefined` for other rooms. */
  readonly field: AppId | undefined;
  readonly process: RoomProcess;
  /** With what the newest pass of each follows from. */
  readonly sessions: Map<SessionId, PassProof | undefined>;
  /** The owner of the room; absent for the room of a field stream, which runs also without a session. */
  readonly owner: RoomOwner | undefined;
  summary: Room | undefined;
  /** The room reported its end; its process has not ended yet. */
  closed: boolean;
  /** The room has to close. */
  ending: boolean;
}

/** Whom a spare process is taken for: the app of a field stream, or a session. */
export interface TakenFor {
  readonly field?: AppId;
  readonly pass?: SessionPass;
  /** The connection to the spare that the session holds. */
  readonly peer?: PeerId | undefined;
}

/** How many places these processes take. Those that receive field streams take none, kept ones do. */
export function countTaken(
  places: readonly Place[],
  kept: { has(room: RoomId): boolean },
): number {
  const all = places.filter(({ field }) => field === undefined);
  const ending = all.filter((place) => !kept.has(place.roomId) && isEnding(place));
  return all.length - Math.min(ending.length, ENDING_BESIDE);
}

/** Whether nobody is in a room any more, so that its process ends by itself. */
function isEnding({ closed, ending, sessions }: Place): boolean {
  return closed || ending || sessions.size === 0;
}

/** The cartridge memory of each owner is in a folder of its own. */
export function ownedBy(holder: string | undefined, spec: SourceSpec): SourceSpec {
  if (!("saves" in spec) || spec.saves === undefined || holder === undefined) return spec;
  return { ...spec, saves: join(spec.saves, holder) };
}

/** The pass in a message, when the coordinator signed it for this session with its key of this connection. */
export function passIn(
  { payload }: Extract<ToWorker, { payload: { pass: string } }>,
  { key, now }: { readonly key: string | undefined; readonly now: EpochMillis },
): SessionPass | undefined {
  const pass = key === undefined ? undefined : readPass(payload.pass, { key, now });
  return pass?.session_id === payload.session_id ? pass : undefined;
}

/** Reports the end of a room whose process cannot report it. */
export function reportEnd(
  report: ToCoordinator,
  { roomId: room_id, sessions: inside, summary }: Place,
  end: { readonly reason: EndReason; readonly message: string },
): void {
  const sessions = [...inside.keys()];
  if (summary) return report("room.closed", { room_id, ...end, sessions });
  for (const session_id of sessions) report("session.ended", { session_id, ...end });
}

/** Adds the owner of a room to the report that the room was opened. */
export function withOwner<M extends Extract<FromWorker, { type: "room.opened" }>>(
  message: M,
  owner: RoomOwner | undefined,
): M {
  return owner ? { ...message, payload: { ...message.payload, owner } } : message;
}

/** A room as the coordinator sees it: its process knows neither until when it is kept nor when its worker closes it. */
export function withTimes(
  room: Room,
  { until, drainsAt }: {
    readonly until: EpochMillis | undefined;
    readonly drainsAt: EpochMillis | undefined;
  },
): Room {
  const times = [until, drainsAt].filter((time) => time !== undefined);
  if (times.length === 0) return room.state === "kept" ? { ...room, state: "open" } : room;
  const state = until === undefined ? "draining" : "kept";
  return { ...room, state, closes_at: Math.min(...times) };
}

/** Why an app cannot be started in a place; `undefined` when it can. `found`: its entry in the library. */
export function startProblem(
  place: Pick<Place, "field">,
  { app_id, found }: {
    readonly app_id: AppId;
    readonly found: { readonly app: App; readonly spec: SourceSpec } | undefined;
  },
): Refusal | undefined {
  if (!found) {
    const message = `There is no "${app_id}" in this library`;
    return { code: "app.unknown", message, detail: { app_id } };
  }
  const { app, spec } = found;
  if (app.unavailable) {
    return {
      code: "app.unavailable",
      message: app.unavailable,
      detail: { cause: app.unavailable },
    };
  }
  if (spec.kind !== "ingest" || place.field === app.app_id) return undefined;
  const message = `${app.title} is live in its own room: join that room`;
  return { code: "app.elsewhere", message, detail: { title: app.title } };
}
