/**
 * What is new in a room for who does not look at its sheet. Pure.
 *
 * @module
 */
import type { JoinedRoom } from "../media/room_lane.ts";
import type { ChatRow } from "./chat.ts";
import { mayIn, wishesFor } from "./may.ts";
import { nameOf } from "./people.ts";

/** One line. */
export interface Latest {
  /** Tells it from others. */
  readonly key: string;
  readonly name: string;
  readonly text: string;
}

/** A wish that this person decides about comes before the newest line that was not read. */
export function latestOf(
  joined: JoinedRoom | undefined,
  unread: readonly ChatRow[],
): Latest | undefined {
  const wish = joined && wishesFor(joined, mayIn(joined, { live: false })).at(-1);
  if (wish) {
    const { name } = joined.room.people.find(({ id }) => id === wish.person)!;
    return {
      key: `${wish.person} ${wish.seat}`,
      name: nameOf(name, wish.person),
      text: `asks for P${wish.seat + 1}`,
    };
  }
  const line = unread.at(-1);
  return line && { key: String(line.number), name: line.name, text: line.text };
}
