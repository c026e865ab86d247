/**
 * Words about saves.
 *
 * @module
 */
import type { SaveEntry } from "../../../protocol/saves/save.ts";
import { formatAgo, formatBytes } from "../../shared/format.ts";

/** What a save is called in the list. */
export function saveTitle({ kind, name }: Pick<SaveEntry, "kind" | "name">): string {
  if (kind === "auto") return "Saved by itself";
  return name ?? "Save without a name";
}

/** When it was made, how large it is, and by which core. */
export function saveFacts({ saved_at, bytes, core, own }: SaveEntry, now: number): string {
  const facts = [formatAgo(saved_at, now), formatBytes(bytes)];
  if (core) facts.push(core.version ? `${core.name} ${core.version}` : core.name);
  if (!own) facts.push("saved before you signed in");
  return facts.join(", ");
}
