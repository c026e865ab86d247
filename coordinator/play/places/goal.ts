/**
 * What a request for a place aims at: a room that runs, or a new room for an app; or why it is refused at once.
 *
 * @module
 */
import type { Refusal } from "../../../protocol/envelope.ts";
import type { AppId, PeerId, RoomId } from "../../../protocol/ids.ts";
import type { Room } from "../../../protocol/legs/room.ts";
import type { FromUser } from "../../../protocol/legs/user_leg.ts";
import type { Session } from "../../domain/player_session.ts";
import { rank } from "../../domain/selection.ts";
import { holdsPlace } from "../../domain/session.ts";
import type { Workers } from "../../workers.ts";
import { forbiddenApp, forbiddenRoom, unavailable } from "../messages.ts";
import type { Rights } from "../rights.ts";

/** The target of a request: a room that runs, or a new room for an app. */
export interface Goal {
  readonly room: Room | undefined;
  readonly app: AppId | undefined;
}

type Init = Extract<FromUser, { type: "webrtc.init" }>["payload"];

/** What is asked about rooms and rights. */
export interface GoalPorts {
  readonly workers: Workers;
  readonly rights: Rights;
}

/** The goal of a request, or its refusal. */
export function goalOf(ports: GoalPorts, session: Session, init: Init): Goal | Refusal {
  const { workers, rights } = ports;
  const { app_id } = init;
  const room_id = init.room_id ?? roomToContinue(ports, session, init);
  const implied = app_id === undefined ? session.room ?? session.wish.room_id : undefined;
  const live = app_id && workers.liveRoom(app_id);
  const id = room_id ?? implied ?? live?.room_id;
  if (id === undefined) {
    if (app_id !== undefined) {
      return appProblem(ports, session, app_id) ?? { room: undefined, app: app_id };
    }
    // A session that holds a place asks for a new peer connection to that place.
    if (holdsPlace(session.state)) return { room: undefined, app: undefined };
    const message = "Cannot give a place: the request names neither a room nor an app";
    return { code: "target.none", message };
  }
  const room = workers.room(id);
  if (!room) return { code: "room.unknown", message: `Room ${id} is not open` };
  if (!rights.mayInRoom(session.pass, "watch", room)) return forbiddenRoom(id);
  if (!workers.isConnected(room.worker_id)) {
    const message = `Worker ${room.worker_id} of room ${id} is not connected`;
    return { code: "worker.unseen", message };
  }
  return { room, app: app_id };
}

/** The room that a player continues, while it runs and is open to the player. */
function roomToContinue(
  { workers, rights }: GoalPorts,
  { pass }: Session,
  { app_id, continue_from }: Init,
): RoomId | undefined {
  const room = continue_from && workers.room(continue_from);
  const isOpen = room && room.app_id === app_id && rights.mayInRoom(pass, "play", room);
  return isOpen ? continue_from : undefined;
}

/** The refusal of an app that no usable connected worker has, so that waiting cannot help; else `undefined`. */
function appProblem(
  { workers, rights }: GoalPorts,
  { wish, pass }: Session,
  app_id: AppId,
): Refusal | undefined {
  const { zone, worker_id } = wish;
  if (!rights.mayStart(pass, app_id)) return forbiddenApp(app_id);
  const usable = rank(workers.candidates(), { zone, worker_id });
  if (usable.length === 0 || rank(usable, { app_id }).length > 0) return undefined;
  const known = workers.apps({ zone, worker_id }).find((app) => app.app_id === app_id);
  if (known?.unavailable) return unavailable(known.unavailable);
  // A worker that disconnected just now has the app; it may reconnect within the wait.
  if (known) return undefined;
  const message = `Cannot play "${app_id}": no worker has it`;
  return { code: "app.unknown", message, detail: { app_id } };
}

/** The connection made in advance that a request names, if it was offered to the session. */
export function heldPeer({ peers }: Session, { peer_id }: Init): PeerId | undefined {
  return peer_id !== undefined && peers.includes(peer_id) ? peer_id : undefined;
}
