/**
 * The tags of senders: read from text, collected, compared. Pure.
 *
 * @module
 */
import type { Sender } from "../../../protocol/rest/senders.ts";

type Tagged = Pick<Sender, "tags">;

/** The tags in a text with commas between them. */
export function readTags(text: string): string[] {
  return text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
}

/** Every tag of some senders once, in the order of their letters. */
export function tagsOf(senders: readonly Tagged[]): readonly string[] {
  return [...new Set(senders.flatMap(({ tags = [] }) => tags))]
    .sort((a, b) => a.localeCompare(b, "en"));
}

/** Whether a sender has a tag; all have it when it is `undefined` or empty. */
export function hasTag({ tags = [] }: Tagged, tag: string | undefined): boolean {
  return !tag || tags.includes(tag);
}
