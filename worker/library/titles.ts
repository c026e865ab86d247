/**
 * Makes titles and ids of apps from file names.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import { AppId } from "../../protocol/ids.ts";
import { toPlainText } from "../../protocol/plain_text.ts";

const MAX_TITLE = 120;
/** Characters of an id; the wire allows 96. */
const MAX_ID = 80;
/** Hex digits of a path's hash in an id: 48 bits, so 2,000 paths collide once in 10⁸ libraries. */
const HASH_DIGITS = 12;
const HASHED = new RegExp(`-[0-9a-f]{${HASH_DIGITS}}$`);

/** The title on pages: `Legend of Nobody, The (USA) [!].nes` → `The Legend of Nobody`. */
export function titleOf(path: string): string {
  const stem = basename(path, extname(path));
  const plain = stem
    .replaceAll(/\([^)]*\)|\[[^\]]*\]/g, " ")
    .replaceAll("_", " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  const title = plain.replace(/^(.+?), (The|A|An)\b(.*)$/i, "$2 $1$3");
  return toPlainText(title || stem, MAX_TITLE);
}

/**
 * The id of the file at `path`, which depends on the path only. A path that is a valid id is used as it is:
 * `Mario.nes`. Any other path gives its words and a hash of the whole path: `nes/Nobody (USA).nes` →
 * `nes-nobody-usa-0c19c5ad8b5e`. A path that ends like a hash is never used as it is, so distinct paths have distinct
 * ids.
 */
export function idOf(path: string): AppId {
  const isItsOwn = path.length <= MAX_ID && path.includes(".") && !HASHED.test(path);
  const own = isItsOwn ? AppId.safeParse(path).data : undefined;
  return own ?? AppId.parse(`${slugOf(path)}-${hashOf(path).slice(0, HASH_DIGITS)}`);
}

/**
 * The ids that earlier releases may have given to this file. They depended on the other files of the folder, so two
 * files may have the same one. Links and saves of earlier releases are found by these ids.
 */
export function earlierIdsOf(path: string): AppId[] {
  const slug = slugOf(path);
  return [AppId.parse(slug), AppId.parse(`${slug}-${hashOf(path).slice(0, 8)}`)];
}

function hashOf(path: string): string {
  return createHash("sha256").update(path).digest("hex");
}

/** The path's words in lower case, joined by dashes: `nes/Nobody (USA).nes` → `nes-nobody-usa`. */
export function slugOf(path: string): string {
  const stem = path.slice(0, path.length - extname(path).length);
  const slug = stem
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f'’]/g, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return slug.slice(0, MAX_ID).replaceAll(/^-+|-+$/g, "") || "game";
}
