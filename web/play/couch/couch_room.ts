/**
 * What the gamepads of one machine need to know of their room. Pure.
 *
 * @module
 */
import type { JoinedRoom } from "../media/room_lane.ts";
import { mayIn } from "../room/may.ts";

/** The seats of a room for further gamepads. */
export interface CouchRoom {
  /** The further seats of this page's person. */
  readonly further: readonly number[];
  /** The seat that the next gamepad would get; `undefined`: none. */
  readonly open?: number;
  /** Why there is none, as a sentence; absent where nobody expects one: a game for one, a person who watches. */
  readonly whyNot?: string;
}

/** The seats of a room for further gamepads; `undefined` while it cannot be reached. */
export function couchRoom(joined: JoinedRoom | undefined): CouchRoom | undefined {
  if (!joined) return undefined;
  const { room: { seats }, you } = joined;
  const further = seats.filter((seat) => seat.holder === you && seat.further)
    .map(({ seat }) => seat);
  const may = mayIn(joined, { live: false });
  const open = seats.find(({ seat, holder }) => holder === undefined && may("seat.add", { seat }));
  if (open) return { further, open: open.seat };
  if (seats.length < 2 || !may("seat.add")) return { further };
  const locked = seats.find(({ holder }) => holder === undefined);
  return {
    further,
    whyNot: locked
      ? `P${
        locked.seat + 1
      } is locked, so the gamepad plays as you do. A host of the room can unlock it.`
      : "No seat is free, so the gamepad plays as you do.",
  };
}
