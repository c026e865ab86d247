/**
 * Fetches a file whose size and hash are known, and keeps it only when both match.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { Clock } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";

/** Largest file that is fetched, in bytes: no version of the agent is larger. */
const MAX_SIZE = 64 * 1024 * 1024;
/** Longest time a download may take, in milliseconds. */
const LIMIT = 10 * 60_000;

/** The file to fetch. */
export interface FileToFetch {
  readonly url: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** In bytes, when it is known. */
  readonly size?: number | undefined;
}

/** Fetches to `path`. On a failure it resolves with a sentence and removes the file. */
export async function download(
  { url, sha256, size }: FileToFetch,
  { path, clock, fetch = globalThis.fetch }: {
    readonly path: string;
    readonly clock: Clock;
    readonly fetch?: typeof globalThis.fetch;
  },
): Promise<{ readonly error?: string }> {
  const host = new URL(url).host;
  const stopper = new AbortController();
  const limit = clock.after(LIMIT, () => stopper.abort(new Error("it took too long")));
  const part = `${path}.part`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const response = await fetch(url, { signal: stopper.signal, redirect: "follow" });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return { error: `Cannot fetch the update: ${host} answered ${response.status}` };
    }
    const reported = Number(response.headers.get("content-length") ?? NaN);
    const most = size ?? MAX_SIZE;
    if (reported > most) {
      await response.body.cancel();
      return {
        error: `Cannot take the update: it has ${reported} bytes where ${most} are the most`,
      };
    }
    const found = await save(response.body, { part, most });
    if (typeof found === "string") return { error: `Cannot take the update: ${found}` };
    if (size !== undefined && found.size !== size) {
      return { error: `Cannot take the update: it has ${found.size} bytes, not ${size}` };
    }
    if (found.sha256 !== sha256.toLowerCase()) {
      return {
        error: `Cannot take the update: its SHA-256 is ${found.sha256.slice(0, 12)}…, ` +
          `not ${sha256.slice(0, 12)}…`,
      };
    }
    await Deno.rename(part, path);
    return {};
  } catch (error) {
    const why = errorText(error);
    return { error: `Cannot fetch the update from ${host}: ${why}` };
  } finally {
    limit[Symbol.dispose]();
    await Deno.remove(part).catch(() => {});
  }
}

async function save(
  body: ReadableStream<Uint8Array>,
  { part, most }: { part: string; most: number },
): Promise<{ size: number; sha256: string } | string> {
  using file = await Deno.open(part, { write: true, create: true, truncate: true, mode: 0o644 });
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) return `it has more than ${most} bytes`;
    hash.update(chunk);
    for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
  }
  await file.sync();
  return { size, sha256: hash.digest("hex") };
}
