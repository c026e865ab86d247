/**
 * Makes the gamepads of this machine follow the room of the game.
 *
 * @module
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Clock } from "../../../protocol/clock.ts";
import type { MediaConnection } from "../media/media_connection.ts";
import type { JoinedRoom } from "../media/room_lane.ts";
import { refusalToast } from "../words/refusals.ts";
import { CouchPads } from "./couch_pads.ts";
import { couchRoom } from "./couch_room.ts";

interface CouchOptions {
  readonly clock: Clock;
  readonly media: ReadonlySignal<Pick<MediaConnection, "room"> | undefined>;
  readonly joined: ReadonlySignal<JoinedRoom | undefined>;
  readonly toaster: { done(text: string): void; refused(text: string): void };
}

/** The gamepads of this machine, for as long as the page is open. */
export function createCouch({ clock, media, joined, toaster }: CouchOptions): CouchPads {
  const couch = new CouchPads({
    clock,
    async add() {
      const room = media.peek()?.room;
      if (!room) return "The room cannot be reached at the moment.";
      const answer = await room.ask("seat.add", {});
      return "error" in answer ? refusalToast(answer.error) : answer.seat;
    },
    leave: (seat) => void media.peek()?.room.ask("seat.leave", { seat }),
    say: (sentence) => toaster.done(sentence),
  });
  effect(() => couch.setRoom(couchRoom(joined.value)));
  return couch;
}
