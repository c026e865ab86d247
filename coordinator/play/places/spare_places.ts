/**
 * Which rooms a waiting player gets the place of: those whose players are all away, and, after a warning, those whose
 * pages are all hidden.
 *
 * @module
 */
import type { Millis } from "../../../protocol/clock.ts";
import type { RoomId, WorkerId } from "../../../protocol/ids.ts";
import type { Session } from "../../domain/player_session.ts";
import { maySpare, mayWarn } from "../../domain/session.ts";

/** The sessions in each room. */
export type Rooms = Iterable<readonly [RoomId, ReadonlySet<Session>]>;

/** Where to look, and the present time. */
export interface Where {
  /** The worker of a room. */
  readonly workerOf: (room: RoomId) => WorkerId | undefined;
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

function within(rooms: Rooms, { workerOf, workers }: Where): Session[][] {
  return [...rooms].flatMap(([room, inside]) => {
    const worker = workerOf(room);
    return worker && workers.includes(worker) ? [[...inside]] : [];
  });
}

/** When the first page of a room was hidden. */
function hiddenSince(inside: readonly Session[]): number {
  const times = inside.flatMap(({ state }) => state.state === "playing" ? state.hidden ?? [] : []);
  return Math.min(...times.map(({ since }) => since));
}
