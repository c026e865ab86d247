/**
 * Words for what a room publishes: what happened in it that its document does not say. Pure.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_OPTION_NAME, OptionValue } from "../../../protocol/room_commands/core_options.ts";
import type { RoomTopic } from "../../../protocol/room_commands/topics.ts";
import type { Publication } from "../../../protocol/room_commands/wire.ts";
import { EntityId } from "../../../protocol/room_state/document.ts";
import { formatSeconds } from "../../shared/format.ts";
import type { JoinedRoom } from "../media/room_lane.ts";
import { nameOf } from "./people.ts";

const Body = z.object({
  by: z.optional(EntityId),
  person: z.optional(EntityId),
  seat: z.optional(z.int()),
  wait_ms: z.optional(z.number()),
  seconds: z.optional(z.number()),
  name: z.optional(z.string().check(z.maxLength(MAX_OPTION_NAME))),
  value: z.optional(OptionValue),
});

/** What others did in the room; `undefined`: this person did it, or it is about somebody else. */
export function publicationWords(
  { topic, from, body }: Pick<Publication, "topic" | "from" | "body">,
  { room, you }: JoinedRoom,
): string | undefined {
  const { data } = Body.safeParse(body);
  if (!data || from !== "room" || data.by === you) return undefined;
  const { by = "p0", person, seat, wait_ms = 0, seconds = 0 } = data;
  const who = nameOf(room.people.find(({ id }) => id === by)?.name, by);
  switch (topic as RoomTopic) {
    case "room.saved":
      return `${isolated(who)} saved the game.`;
    case "room.loaded":
      return `${isolated(who)} loaded a save.`;
    case "room.reset":
      return `${isolated(who)} started over.`;
    case "room.rewound":
      return `${isolated(who)} went back ${formatSeconds(1_000 * seconds)}.`;
    case "room.rewind_undone":
      return `${isolated(who)} undid going back.`;
    case "room.option":
      return `${isolated(who)} set “${isolated(data.name ?? "")}” to “${
        isolated(data.value ?? "")
      }”.`;
    case "room.refused":
      if (person !== you) return undefined;
      return `${isolated(who)} keeps P${(seat ?? 0) + 1}. Ask again in ${formatSeconds(wait_ms)}.`;
    default:
      return undefined;
  }
}

/** A name whose direction does not reach the words beside it (Unicode first strong isolate). */
function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
