/**
 * Writes into a built page where it is served, for `web/shared/place.ts`: the path below which everything stands
 * (`data-base`) and the public URL (`data-public-url`). The build names its files by paths from the root, so these
 * get the base path too.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { WebFile } from "./web_folder.ts";

export interface PagePlace {
  /** Path without a slash at its end; empty for the root. */
  readonly base: string;
  /** `FARPAD_PUBLIC_URL`, with a slash at its end. */
  readonly publicUrl: string | undefined;
}

/** Pages kept at most: two for each of a few places. A new one beyond that empties the list. */
const MAX_KEPT = 16;

export class PlacedPages {
  readonly #kept = new Map<string, WebFile>();

  /** The page for this place; made once for as long as the built page does not change. */
  at(file: WebFile, place: PagePlace): WebFile {
    if (place.base === "" && place.publicUrl === undefined) return file;
    const key = JSON.stringify([file.etag, place]);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const placed = placePage(file, place);
    this.#kept.set(key, placed);
    return placed;
  }
}

function placePage(file: WebFile, { base, publicUrl }: PagePlace): WebFile {
  const attributes = [
    ...(base === "" ? [] : [` data-base="${escape(base)}"`]),
    ...(publicUrl === undefined ? [] : [` data-public-url="${escape(publicUrl)}"`]),
  ].join("");
  const html = new TextDecoder().decode(file.body)
    .replace(/<html(?=[\s>])/, `<html${attributes}`)
    .replaceAll(/((?:href|src)=")\/(?!\/)/g, `$1${escape(base)}/`);
  const body = new TextEncoder().encode(html);
  const digest = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  return { ...file, body, gzip: new Uint8Array(gzipSync(body)), etag: `"${digest}"` };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
