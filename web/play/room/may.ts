/**
 * What this page's person may do in the room, by the table that its worker decides by. Pure.
 *
 * @module
 */
import { whyNot } from "../../../protocol/room_commands/rights.ts";
import type { Verb } from "../../../protocol/room_commands/verbs.ts";
import type { EntityId } from "../../../protocol/room_state/document.ts";
import type { JoinedRoom } from "../media/room_lane.ts";

/** What a verb is about. */
export interface About {
  readonly seat?: number;
  readonly person?: EntityId;
}

/** Whether the person may do this now. `live`: the room shows a live picture. */
export type May = (verb: Verb, about?: About) => boolean;

/** The rights of the person of this page. */
export function mayIn({ room, you }: JoinedRoom, { live }: { readonly live: boolean }): May {
  const personOf = (id: EntityId) => room.people.find((person) => person.id === id);
  const ownSeats = room.seats.filter(({ holder }) => holder === you).map(({ seat }) => seat);
  return (verb, { seat, person } = {}) =>
    whyNot(verb, {
      announced: true,
      role: personOf(you)?.role ?? "watcher",
      ownSeats,
      seat,
      locked: room.seats.some((each) => each.seat === seat && each.locked),
      target: person && personOf(person)?.role,
      watchersChat: room.options.watchers_chat,
      live,
    }) === undefined;
}

/** Whether the person may play in the room, drive in it and record it. Before the room's document is here nobody knows. */
export function mayPlay(joined: JoinedRoom | undefined): boolean {
  const person = joined?.room.people.find(({ id }) => id === joined.you);
  return person?.role !== "watcher";
}

/** The seats that this person may give to that one, who may have them. */
export function givable(joined: JoinedRoom, may: May, to: EntityId): readonly number[] {
  const person = joined.room.people.find(({ id }) => id === to);
  if (!person || person.role === "watcher") return [];
  return joined.room.seats
    .filter(({ holder, seat }) => holder !== to && may("seat.give", { seat }))
    .map(({ seat }) => seat);
}

/** A request for a seat that this person can grant or refuse. */
export interface SeatRequest {
  readonly seat: number;
  readonly person: EntityId;
}

/** The requests of others that this person decides about. */
export function requestsFor({ room, you }: JoinedRoom, may: May): readonly SeatRequest[] {
  return room.people.flatMap(({ id, asks }) =>
    asks !== undefined && id !== you && may("seat.give", { seat: asks })
      ? [{ seat: asks, person: id }]
      : []
  );
}
