/**
 * The files of the built web client, each with its type, its entity tag and a compressed form. A file is read again
 * only when it changed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { extname, join, resolve, sep } from "node:path";
import { gzipSync } from "node:zlib";

/** A file as it is served. */
export interface WebFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The compressed body; `undefined` for a small file, or a type that is compressed already. */
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
  readonly etag: string;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".mp3": "audio/mpeg",
};
const COMPRESSED = new Set([
  ".html",
  ".js",
  ".css",
  ".json",
  ".map",
  ".webmanifest",
  ".svg",
  ".txt",
  ".wasm",
]);
/** Smallest file that is compressed, in bytes: a smaller one fits into one packet as it is. */
const WORTH_COMPRESSING = 1_024;

interface KeptFile {
  readonly version: string;
  readonly file: WebFile;
}

/** A folder of files to serve. */
export class WebFolder {
  readonly #root: string;
  /** The files that were read, at most all files of the folder. */
  readonly #kept = new Map<string, KeptFile>();

  constructor(folder: string) {
    this.#root = resolve(folder);
  }

  /** The file at a path below the folder; `undefined` when there is none, or the path leaves the folder. */
  async find(path: string): Promise<WebFile | undefined> {
    const full = join(this.#root, path);
    if (!full.startsWith(this.#root + sep) || path.includes("\0")) return undefined;
    const info = await Deno.stat(full).catch(() => undefined);
    if (!info?.isFile) return undefined;
    const version = `${info.mtime?.getTime()} ${info.size}`;
    const kept = this.#kept.get(full);
    if (kept?.version === version) return kept.file;
    const file = read(await Deno.readFile(full), extname(full));
    this.#kept.set(full, { version, file });
    return file;
  }
}

function read(body: Uint8Array<ArrayBuffer>, extension: string): WebFile {
  const worth = COMPRESSED.has(extension) && body.length >= WORTH_COMPRESSING;
  const digest = createHash("sha256").update(body).digest("base64url").slice(0, 22);
  return {
    body,
    gzip: worth ? new Uint8Array(gzipSync(body)) : undefined,
    etag: `"${digest}"`,
    type: TYPES[extension] ?? "application/octet-stream",
  };
}
