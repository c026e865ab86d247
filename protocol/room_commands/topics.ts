/**
 * The topics of publications in a room, and the patterns by which people subscribe to them.
 *
 * A topic has words with dots between: `people.wave`. In a pattern `*` stands for one word, and `**` at its end for one
 * or more.
 *
 * @module
 */
import * as z from "zod/mini";

/** Most patterns of one person. */
export const MAX_PATTERNS = 16;
/** Longest topic or pattern, in characters. */
const MAX_LENGTH = 64;

/** The schema of a topic. */
export const Topic = z.string().check(
  z.maxLength(MAX_LENGTH),
  z.regex(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/),
);
/** The schema of a pattern. */
export const Pattern = z.string().check(
  z.maxLength(MAX_LENGTH),
  z.regex(/^(?:\*\*|(?:[a-z0-9_]+|\*)(?:\.(?:[a-z0-9_]+|\*))*(?:\.\*\*)?)$/),
);

/** The topics that people publish on; all others are the room's own. */
export const PEOPLES_TOPICS = "people.**";

/** The publications of the room itself: what happened that the document does not say. `by`: the person's id. */
export const ROOM_TOPICS = [
  "room.saved",
  "room.saves",
  "room.loaded",
  "room.reset",
  "room.rewound",
  "room.rewind_undone",
  "room.refused",
  "room.option",
] as const;
/** A topic of {@linkcode ROOM_TOPICS}. */
export type RoomTopic = typeof ROOM_TOPICS[number];

/** Whether a topic fits a pattern. */
export function matches(pattern: string, topic: string): boolean {
  const wanted = pattern.split(".");
  const words = topic.split(".");
  const isOpen = wanted.at(-1) === "**";
  const fixed = isOpen ? wanted.slice(0, -1) : wanted;
  if (isOpen ? words.length <= fixed.length : words.length !== fixed.length) return false;
  return fixed.every((word, at) => word === "*" || word === words[at]);
}
