/**
 * What is new in a room for who does not look at its sheet. Pure.
 *
 * @module
 */
import type { JoinedRoom } from "../media/room_lane.ts";
import type { ChatRow } from "./chat.ts";
import { mayIn, requestsFor } from "./may.ts";
import { nameOf } from "./people.ts";

/** One line. */
export interface Latest {
  /** Tells it from others. */
  readonly key: string;
  readonly name: string;
  readonly text: string;
}

/** A request that this person decides about comes before the newest line that was not read. */
export function latestOf(
  joined: JoinedRoom | undefined,
  unread: readonly ChatRow[],
): Latest | undefined {
  const request = joined && requestsFor(joined, mayIn(joined, { live: false })).at(-1);
  if (request) {
    const { name } = joined.room.people.find(({ id }) => id === request.person)!;
    return {
      key: `${request.person} ${request.seat}`,
      name: nameOf(name, request.person),
      text: `asks for P${request.seat + 1}`,
    };
  }
  const line = unread.at(-1);
  return line && { key: String(line.number), name: line.name, text: line.text };
}
