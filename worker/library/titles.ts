/**
 * Titles and ids from file names.
 *
 * @module
 */
import { basename, extname } from "node:path";

const MAX_TITLE = 120;
const MAX_SLUG = 80;

/** `Legend of Nobody, The (USA) [!].nes` → `The Legend of Nobody`. */
export function titleOf(path: string): string {
  const stem = basename(path, extname(path));
  const plain = stem
    .replaceAll(/\([^)]*\)|\[[^\]]*\]/g, " ")
    .replaceAll("_", " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  const title = plain.replace(/^(.+?), (The|A|An)\b(.*)$/i, "$2 $1$3");
  return (title || stem).slice(0, MAX_TITLE);
}

/** The path's own words in lower case, joined by dashes: `nes/Nobody (USA).nes` → `nes-nobody-usa`. */
export function slugOf(path: string): string {
  const stem = path.slice(0, path.length - extname(path).length);
  const slug = stem
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f'’]/g, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return slug.slice(0, MAX_SLUG).replaceAll(/^-+|-+$/g, "") || "game";
}
