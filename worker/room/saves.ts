/**
 * Saved states on disk: one folder an app, the newest few kept. A state is written beside its place and then
 * moved there, so a crash never leaves half of one.
 *
 * @module
 */
import { join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import type { EpochMillis } from "../../protocol/clock.ts";
import type { AppId } from "../../protocol/ids.ts";

/** Older states than this many are removed. */
const KEPT = 5;
/** The room's pictures wait meanwhile: a state of 8 MiB takes 45 ms like this, and 265 ms as usual. */
const FAST = { level: constants.Z_BEST_SPEED };

export interface Saves {
  /** Keeps a state; tells its size on disk in bytes. */
  write(app: AppId, save: { state: Uint8Array; at: EpochMillis }): Promise<number>;
  /** The newest state, or `undefined` when there is none. */
  newest(app: AppId): Promise<Uint8Array | undefined>;
}

export function createSaves(folder: string): Saves {
  return {
    async write(app, { state, at }) {
      const place = join(folder, app);
      await Deno.mkdir(place, { recursive: true });
      const packed = gzipSync(state, FAST);
      const file = join(place, `${at}.state.gz`);
      await Deno.writeFile(`${file}.part`, packed);
      await Deno.rename(`${file}.part`, file);
      for (const old of (await list(place)).slice(KEPT)) await remove(join(place, old));
      return packed.length;
    },
    async newest(app) {
      const [name] = await list(join(folder, app));
      return name === undefined
        ? undefined
        : new Uint8Array(gunzipSync(await Deno.readFile(join(folder, app, name))));
    },
  };
}

/** Rooms with the same app share a folder: another one may have been quicker. */
async function remove(file: string): Promise<void> {
  try {
    await Deno.remove(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** State files, newest first: their names begin with the time. */
async function list(place: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(place));
    return entries.map(({ name }) => name).filter((name) => name.endsWith(".state.gz")).sort()
      .reverse();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
