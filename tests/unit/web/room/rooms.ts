/**
 * Rooms as a page knows them.
 *
 * @module
 */
import type { LiveRoom, LiveSeat, PersonView } from "../../../../protocol/room_state/components.ts";
import { DEFAULT_OPTIONS } from "../../../../protocol/room_state/components.ts";
import { EntityId } from "../../../../protocol/room_state/document.ts";
import { AppId } from "../../../../protocol/ids.ts";
import type { JoinedRoom } from "../../../../web/play/media/room_lane.ts";

/** One person, a connected player unless it is said otherwise. */
export function person(id: string, change: Partial<PersonView> = {}): PersonView {
  return { id: EntityId.parse(id), role: "player", connected: true, ...change };
}

/** A line of chat of `p2`, unless it is said otherwise. */
export function line(number: number, from = "p2"): LiveRoom["chat"][number] {
  return {
    id: `c${number}`,
    from: EntityId.parse(from),
    text: `line ${number}`,
    at: 1_000 * number,
  };
}

/** A room in which the page's person is `you`. */
export function room(
  { people = [person("p1"), person("p2")], seats = [], chat = [], you = "p1", began = 5 }: {
    readonly people?: readonly PersonView[];
    readonly seats?: readonly LiveSeat[];
    readonly chat?: LiveRoom["chat"];
    readonly you?: string;
    readonly began?: number;
  },
): JoinedRoom {
  const app = { app_id: AppId.parse("duel"), title: "Duel", paused: false };
  return {
    room: { app, options: DEFAULT_OPTIONS, began, rewind: undefined, seats, people, chat },
    you: EntityId.parse(you),
  };
}
