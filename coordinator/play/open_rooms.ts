/**
 * What is being played now, as far as a pass opens it.
 *
 * @module
 */
import type { Room } from "../../protocol/legs/room.ts";
import { MOST_OPEN_ROOMS, type OpenRoom } from "../../protocol/legs/user_leg.ts";
import { roleAllows } from "../../protocol/pass.ts";
import { type Pass, roleAt } from "../domain/pass.ts";
import type { Workers } from "../workers.ts";
import type { Rights } from "./rights.ts";

/** The rooms in which somebody plays or watches and that a pass opens, those with most people first. */
export function openRooms(
  { workers, rights }: {
    readonly workers: Pick<Workers, "views">;
    readonly rights: Pick<Rights, "room">;
  },
  pass: Pass,
): OpenRoom[] {
  return workers.views()
    .flatMap(({ rooms }) => rooms)
    .filter(({ state, viewers }) => state === "open" && viewers > 0)
    .flatMap((room) => {
      const target = rights.room(room);
      const role = roleAt(pass, target);
      if (role === undefined || !roleAllows(role, "watch")) return [];
      return [summary(room, { mayPlay: !target.live && roleAllows(role, "play") })];
    })
    .sort((a, b) => b.playing + b.watching - a.playing - a.watching)
    .slice(0, MOST_OPEN_ROOMS);
}

function summary(
  { room_id, app_id, title, seats, viewers }: Room,
  { mayPlay }: { readonly mayPlay: boolean },
): OpenRoom {
  const taken = seats.filter(({ session_id, connected }) => session_id && connected);
  const playing = taken.length;
  const open = seats.filter(({ session_id }) => session_id === undefined).length;
  return {
    ...{ room_id, app_id, title, playing },
    // Who holds several seats is one viewer.
    watching: Math.max(0, viewers - taken.filter(({ further }) => !further).length),
    open_seats: mayPlay ? open : 0,
  };
}
