/**
 * The chat of a room as the page shows it, and which lines of it are new to its reader. Pure.
 *
 * @module
 */
import type { LiveRoom } from "../../../protocol/room_state/components.ts";
import type { JoinedRoom } from "../media/room_lane.ts";
import { nameOf } from "./people.ts";

/** One line for display. */
export interface ChatRow {
  /** Counts up within the room. */
  readonly number: number;
  readonly name: string;
  readonly isYou: boolean;
  /** The colour of the person, while there. */
  readonly colour: number | undefined;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The lines, the oldest first. */
export function chatRows({ room, you }: JoinedRoom): readonly ChatRow[] {
  return room.chat.map(({ id, from, name, text, at }) => ({
    number: numberOf(id),
    name: nameOf(name, from),
    isYou: from === you,
    colour: room.people.find((person) => person.id === from)?.colour,
    text,
    at,
  }));
}

/** How far a chat was read. `began` tells the room from one that took its place. */
export interface ReadMark {
  readonly began: number | undefined;
  readonly upTo: number;
}

/**
 * The mark after a document of the room: what was there before the reader came is no news, and neither is what comes
 * while the chat is `open`.
 */
export function readUpTo(
  before: ReadMark | undefined,
  { began, chat }: Pick<LiveRoom, "began" | "chat">,
  { open }: { readonly open: boolean },
): ReadMark {
  const newest = numberOf(chat.at(-1)?.id ?? "c0");
  const isSame = before !== undefined && before.began === began;
  if (isSame && !open) return before;
  if (isSame && before.upTo === newest) return before;
  return { began, upTo: newest };
}

/** The lines of others that come after the mark. */
export function unreadRows(
  rows: readonly ChatRow[],
  mark: ReadMark | undefined,
): readonly ChatRow[] {
  if (!mark) return [];
  return rows.filter(({ number, isYou }) => !isYou && number > mark.upTo);
}

function numberOf(id: string): number {
  return Number(id.slice(1));
}
