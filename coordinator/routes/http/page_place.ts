/**
 * Adds to a built page the address that it is served at, for `web/shared/place.ts`: the base path (`data-base`) and the
 * public URL (`data-public-url`). The build writes paths from the root, so these get the base path too.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { WebFile } from "./web_folder.ts";

/** The address that pages are served at. */
export interface PagePlace {
  /** The base path, without a slash at its end; empty for the root. */
  readonly base: string;
  /** `FARPAD_PUBLIC_URL`, with a slash at its end. */
  readonly publicUrl: string | undefined;
}

/** Most pages kept: two for each of eight places. A new page beyond that removes all kept pages first. */
const MAX_KEPT = 16;

/** The pages with their places added. */
export class PlacedPages {
  readonly #kept = new Map<string, WebFile>();

  /** The page for this place. It is made again only when the built page changed or was removed from the kept pages. */
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
