/**
 * A room process that is in use, and how many places of the worker such processes take.
 *
 * @module
 */
import type { AppId, RoomId, SessionId } from "../protocol/ids.ts";
import type { Room } from "../protocol/legs/room.ts";
import type { RoomOwner } from "../protocol/pass.ts";
import type { PassProof } from "../protocol/signed_pass.ts";
import type { RoomProcess } from "./room_process.ts";

/**
 * Processes that may end beside as many rooms as the worker has places, so that nobody waits for a room that is over.
 * There are not more of them, because each takes memory until it has ended.
 */
const ENDING_BESIDE = 2;

/** A room process that is in use. `summary` is set once an app runs in it. */
export interface Place {
  readonly roomId: RoomId;
  /** The app of a room that runs also without a session; `undefined` for other rooms. */
  readonly kept: AppId | undefined;
  readonly process: RoomProcess;
  /** With what the newest pass of each follows from. */
  readonly sessions: Map<SessionId, PassProof | undefined>;
  /** The owner of the room; absent for the room of a field stream, which runs also without a session. */
  readonly owner: RoomOwner | undefined;
  summary: Room | undefined;
  /** The room reported its end; its process has not ended yet. */
  closed: boolean;
}

/** How many places these processes take. Those that receive field streams take none. */
export function countTaken(places: readonly Place[]): number {
  const all = places.filter(({ kept }) => kept === undefined);
  return all.length - Math.min(all.filter(isEnding).length, ENDING_BESIDE);
}

/** Whether nobody is in a room any more, so that its process ends by itself. */
function isEnding({ closed, sessions }: Place): boolean {
  return closed || sessions.size === 0;
}
