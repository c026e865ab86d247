/**
 * The people of a room as its list shows them. Pure.
 *
 * @module
 */
import type { LiveRoom, PersonView, Quality } from "../../../protocol/room_state/components.ts";
import type { EntityId } from "../../../protocol/room_state/document.ts";
import type { JoinedRoom } from "../media/room_lane.ts";

/** Most rows that the list draws; the rest is a number. */
export const MOST_ROWS = 60;

/** One line of the list. */
export interface PersonRow {
  readonly id: EntityId;
  readonly name: string;
  readonly isYou: boolean;
  readonly isHost: boolean;
  /** One of the colours that people choose from; `undefined`: none chosen. */
  readonly colour: number | undefined;
  /** The first seat that the person holds, from 0. */
  readonly seat: number | undefined;
  /** The person's further seats. */
  readonly further: readonly number[];
  /** The seat that the person asks for. */
  readonly asks: number | undefined;
  readonly role: PersonView["role"];
  /** Round trip in milliseconds. */
  readonly ping: number | undefined;
  readonly quality: Quality | undefined;
  /** False while the connection is lost. */
  readonly connected: boolean;
}

/** Characters that draw nothing by themselves: a name of them alone would look like none. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{M}\p{Z}\u2800]/gu;

/** What a person is called: the announced name, if there is anything of it to see. */
export function nameOf(name: string | undefined, id: string): string {
  return name !== undefined && name.replace(UNSEEN, "") !== "" ? name : `Guest ${id.slice(1)}`;
}

/** Whether anybody but this page's person is in the room. */
export function hasOthers(joined: JoinedRoom | undefined): boolean {
  return joined?.room.people.some(({ id }) => id !== joined.you) ?? false;
}

/** Who holds seats comes first, by seat; then hosts, then the others in the order in which they came. */
export function peopleRows({ room, you }: JoinedRoom): readonly PersonRow[] {
  return room.people.map((person) => rowOf(room, person, you)).sort((a, b) => rank(a) - rank(b));
}

function rowOf(room: LiveRoom, person: PersonView, you: EntityId): PersonRow {
  const { id, role, ping, quality, connected, colour, asks, name } = person;
  const held = room.seats.filter(({ holder }) => holder === id);
  const seat = held.find((each) => !each.further)?.seat;
  const further = held.flatMap((each) => each.further ? [each.seat] : []);
  return {
    ...{ id, role, ping, quality, connected, colour, asks, seat, further },
    name: nameOf(name, id),
    isYou: id === you,
    isHost: role === "host",
  };
}

function rank({ seat, isHost }: PersonRow): number {
  return seat ?? (isHost ? 10 : 11);
}

/** The names of those here who came by a share link. */
export function cameBy({ room }: JoinedRoom, share: string): readonly string[] {
  return room.people.filter(({ link }) => link === share).map(({ name, id }) => nameOf(name, id));
}

/** What a person does in the room, in words. */
export function doesWhat({ seat, further, connected }: PersonRow, isVehicle: boolean): string {
  if (!connected) return "away";
  if (seat === undefined) return "watches";
  if (isVehicle) return "drives";
  const names = [seat, ...further].sort((a, b) => a - b).map((each) => `P${each + 1}`);
  const last = names.pop()!;
  return `plays as ${names.length > 0 ? `${names.join(", ")} and ` : ""}${last}`;
}

/** The quality of a link in words; `undefined` while there is nothing to say. */
export function linkWord({ quality, connected }: PersonRow): string | undefined {
  if (!connected || quality === undefined || quality === "good") return undefined;
  return quality === "fair" ? "unsteady link" : "poor link";
}
