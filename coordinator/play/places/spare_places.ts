/**
 * Which rooms a waiting player gets the place of: those whose players are all away, and, after a warning, those whose
 * pages are all hidden.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { RoomId, WorkerId } from "../../../protocol/ids.ts";
import type { Room } from "../../../protocol/legs/room.ts";
import type { Session } from "../../domain/player_session.ts";
import { maySpare, mayWarn } from "../../domain/session.ts";
import type { Rights } from "../rights.ts";

/** The sessions in each room. */
export type Rooms = Iterable<readonly [RoomId, ReadonlySet<Session>]>;

/** Where to look, and the present time. */
export interface Where {
  readonly room: (id: RoomId) => Room | undefined;
  readonly rights: Pick<Rights, "room">;
  readonly workers: readonly WorkerId[];
  readonly now: Millis;
}

/** The sessions of one room whose place may go to another player at once; empty when there is no such room. */
export function sparable(rooms: Rooms, where: Where): readonly Session[] {
  for (const inside of within(rooms, where)) {
    if (inside.every(({ state }) => maySpare(state, where.now))) return inside;
  }
  return [];
}

/** The sessions of at most `most` rooms that are to be warned; the room that was hidden first comes first. */
export function toWarn(rooms: Rooms, where: Where, most: number): readonly Session[] {
  const hidden = within(rooms, where).filter((inside) =>
    inside.some(({ state }) => mayWarn(state, where.now)) &&
    inside.every(({ state }) => mayWarn(state, where.now) || maySpare(state, where.now))
  );
  return hidden.sort((a, b) => hiddenSince(a) - hiddenSince(b)).slice(0, most).flat();
}

function within(rooms: Rooms, { room, rights, workers }: Where): Session[][] {
  return [...rooms].flatMap(([id, inside]) => {
    const found = room(id);
    // A live picture takes no place, so that its end would free none.
    const takesPlace = found && workers.includes(found.worker_id) && !rights.room(found).live;
    return takesPlace ? [[...inside]] : [];
  });
}

/** When the first page of a room was hidden. */
function hiddenSince(inside: readonly Session[]): number {
  const times = inside.flatMap(({ state }) => state.state === "playing" ? state.hidden ?? [] : []);
  return Math.min(...times.map(({ since }) => since));
}
