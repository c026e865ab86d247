/**
 * A room process that is in use: how many places of the worker such processes take, who may enter one, what
 * can be started in it, and what the coordinator sees of its room.
 *
 * @module
 */
import { join } from "node:path";
import type { EpochMillis } from "../protocol/clock.ts";
import { type Refusal, type RefusalPayload, stamp } from "../protocol/envelope.ts";
import type { AppId, PeerId, RoomId, SessionId } from "../protocol/ids.ts";
import type { App, EndReason, Room } from "../protocol/legs/room.ts";
import type { FromWorker, TakeOver, ToCoordinator, ToWorker } from "../protocol/legs/worker_leg.ts";
import type { RoomOwner } from "../protocol/pass.ts";
import { type PassProof, readPass, type SessionPass } from "../protocol/signed_pass.ts";
import { isAboutOthers } from "./ipc/from_room.ts";
import type { Fault, RoomProcess } from "./room_process.ts";
import type { SourceSpec } from "./sources/ports.ts";

/**
 * Processes that may end beside as many rooms as the worker has places, so that nobody waits for a room that is over.
 * There are not more of them, because each takes memory until it has ended.
 */
const ENDING_BESIDE = 2;

/** Sessions that were in a room, which are remembered. */
const MOST_PAST = 256;

/** A room process that is in use. `summary` is set once an app runs in it. */
export interface Place {
  readonly roomId: RoomId;
  /** The app of a room that runs also without a session; `undefined` for other rooms. */
  readonly field: AppId | undefined;
  readonly process: RoomProcess;
  /** Those that the room was to start. It runs one of them. */
  readonly apps: Set<AppId>;
  /** With what the newest pass of each follows from. */
  readonly sessions: Map<SessionId, PassProof | undefined>;
  /** Those that left it last, the newest at the end. */
  readonly past: Set<SessionId>;
  /** It was a room of another worker. */
  readonly isMoved: boolean;
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
  /** The room of another worker that goes on here. */
  readonly moved?: TakeOver;
  /** The connection to the spare that the session holds. */
  readonly peer?: PeerId | undefined;
}

/** A process that has just been taken. */
export function newPlace(
  { pass, moved, ...start }:
    & Pick<Place, "roomId" | "field" | "process">
    & { [K in "pass" | "moved"]: TakenFor[K] | undefined },
): Place {
  const owner = moved?.owner ?? pass?.owner;
  const isMoved = moved !== undefined;
  const apps = new Set([start.field, moved?.app_id].filter((app) => app !== undefined));
  const known = { apps, sessions: new Map(), past: new Set<SessionId>() };
  const fresh = { summary: undefined, closed: false, ending: false };
  return { ...start, owner, isMoved, ...known, ...fresh };
}

/**
 * Why a room of another worker cannot go on here; `undefined` when it can. `found`: its app in the library. `there`: an
 * earlier generation of it.
 */
export function takeOverProblem(
  found: { readonly app: App; readonly spec: SourceSpec } | undefined,
  { unused, there }: { readonly unused: number; readonly there: Place | undefined },
): string | undefined {
  if (there) return "It still closes here";
  if (!found) return "This worker does not have the app";
  if (found.app.unavailable) return found.app.unavailable;
  if (found.spec.kind === "ingest") return "A live picture has no saved state";
  return unused > 0 ? undefined : "Every place here is taken";
}

/** The report that a room of another worker does not go on here. */
export function notTakenOver(room_id: RoomId, why = "This worker does not have the app") {
  return { room_id, sessions: [], reason: "failed" as const, message: why };
}

/** The message to a room that a session has left it for another one. */
export function quitting(ports: Parameters<typeof stamp>[0], session_id: SessionId) {
  const payload = { session_id, reason: "quit" as const };
  return { ...stamp(ports), type: "session.end" as const, payload };
}

/** The settings that one room has for itself. */
export function ofRoom(
  { pass, moved }: { [K in "pass" | "moved"]: TakenFor[K] | undefined },
): { readonly holders?: readonly string[]; readonly generation?: number } {
  if (!moved) return pass ? { holders: pass.holders } : {};
  const { generation, owner: { holder } } = moved;
  return { generation, ...(holder !== undefined && { holders: [holder] }) };
}

/** The owners of the rooms that run. */
export function ownersOf(places: Iterable<Place>): { room_id: RoomId; owner: RoomOwner }[] {
  return [...places].flatMap(({ roomId: room_id, owner, summary }) =>
    summary && owner ? [{ room_id, owner }] : []
  );
}

/** The sessions that hold a place, each with its room once an app runs in it, and what its pass follows from. */
export function sessionsOf(places: ReadonlyMap<SessionId, Place>) {
  return [...places].map(([session_id, { summary, sessions }]) => {
    const proof = sessions.get(session_id);
    return { session_id, room_id: summary?.room_id ?? null, ...(proof && { proof }) };
  });
}

/** The refusal of a session's request. */
export function refusalTo(
  ports: Parameters<typeof stamp>[0],
  { id, type, payload }: Extract<ToWorker, { payload: { session_id: SessionId } }>,
  why: RefusalPayload,
): FromWorker {
  const answer = { session_id: payload.session_id, ...why };
  const { ts } = stamp(ports);
  return { id, ts, type: `${type}.response`, payload: answer } as FromWorker;
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
  { roomId: room_id, sessions: inside, summary, isMoved }: Place,
  { reason, message }: { readonly reason: EndReason; readonly message: string },
): void {
  const end = { reason, message };
  const sessions = [...inside.keys()];
  // The coordinator knows a room of another worker before it is open here.
  if (summary || isMoved) return report("room.closed", { room_id, ...end, sessions });
  for (const session_id of sessions) report("session.ended", { session_id, ...end });
}

/** The report that a room was opened, with the room as the coordinator sees it and its owner. */
export function asOpened<M extends Extract<FromWorker, { type: "room.opened" }>>(
  message: M,
  room: Room,
  owner: RoomOwner | undefined,
): M {
  return { ...message, payload: { ...message.payload, room, ...(owner && { owner }) } };
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

/**
 * Why a session does not come into a room; `undefined` when it does, or when it is to have a new one. `isNamed`: it asks
 * for that very room; `held`: the room in which it is.
 */
export function entryProblem(
  running: Place | undefined,
  { isNamed, held, pass }: {
    readonly isNamed: boolean;
    readonly held: Place | undefined;
    readonly pass: SessionPass;
  },
): Refusal | undefined {
  if (isNamed && (!running || running.closed || running.ending)) {
    return { code: "room.unknown", message: "This room is not open any more" };
  }
  const isAllowed = running === undefined || isOpenedBy(running, pass) ||
    staying(held, pass) === running;
  return isAllowed ? undefined : { code: "room.forbidden", message: "The pass names another room" };
}

/** Whether a pass names the room, or the live picture in it. */
function isOpenedBy({ roomId, field }: Place, { room_id, app_id }: SessionPass): boolean {
  return room_id === roomId || (field !== undefined && app_id === field);
}

/**
 * The place that a session holds, if its pass is one for it. A pass that names no room is for a new one, which belongs
 * to the session; so it says nothing of a live picture.
 */
export function staying(held: Place | undefined, pass: SessionPass): Place | undefined {
  if (!held || isOpenedBy(held, pass)) return held;
  return held.field === undefined && pass.room_id === undefined ? held : undefined;
}

/** Whether nobody waits for an answer to a message: the session that it is about may have ended at the same moment. */
export function needsNoAnswer({ type }: ToWorker): boolean {
  return type === "session.end" || type === "session.pass";
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

/** The room that receives the stream of a field app; `undefined` when there is none. */
export function fieldRoomOf(
  places: ReadonlyMap<RoomId, Place>,
  app: AppId | undefined,
): Place | undefined {
  return app && [...places.values()].find(({ field }) => field === app);
}

/**
 * Why a message of a room is not passed on: it comes after the end of the room or of a session in it, or it is about
 * what is not the room's. `undefined`: it is passed on.
 */
export function whyDropped(
  place: Place,
  message: FromWorker,
  bySession: ReadonlyMap<SessionId, Place>,
): "late" | Fault | undefined {
  const { roomId: room, apps, closed, sessions, past } = place;
  if (closed && isOfRoom(message)) return "late";
  const isElsewhere = (session: SessionId) => (bySession.get(session) ?? place) !== place;
  if (!isAboutOthers(message, { room, apps, isElsewhere })) return undefined;
  const wasHere = (session: SessionId) => sessions.has(session) || past.has(session);
  const isForeign = (session: SessionId) => isElsewhere(session) && !wasHere(session);
  const isOthers = isAboutOthers(message, { room, apps, isElsewhere: isForeign });
  const why = "it names a room, a session or an app that is not its own";
  return isOthers ? { fault: `Refused ${message.type} of a room process: ${why}` } : "late";
}

/** A session is not in the room any more. A message of the room about it is no fault. */
export function removeFrom(place: Place | undefined, session: SessionId): void {
  if (!place) return;
  const { sessions, past } = place;
  sessions.delete(session);
  past.delete(session);
  past.add(session);
  const [oldest] = past;
  if (past.size > MOST_PAST) past.delete(oldest!);
}

/** Whether a message reports the state or the end of its room. */
function isOfRoom({ type }: FromWorker): boolean {
  return type === "room.opened" || type === "room.changed" || type === "room.closed";
}
