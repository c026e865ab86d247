/**
 * What devices forward to this worker: files that grow in a folder of their own until they are whole, and then are
 * recordings like the others. How far one is says its length, so that it goes on after either end was killed.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import { errorText } from "../../protocol/error_text.ts";
import { RecordingId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Random } from "../../protocol/random.ts";
import type { Recording } from "../../protocol/recording/recording.ts";
import { openPlain } from "./open_recording.ts";
import type { Shelf } from "./shelf.ts";

/** Most files that grow at once. */
export const MOST_UPLOADS = 8;
/** A file to which nothing was added for this long may be removed, in milliseconds. */
const STALE = 24 * 3_600_000;
/** How often that is looked at, in milliseconds. */
const CHECK = 3_600_000;
/** An upload that nobody asks for for this long makes room for others, in milliseconds. */
const IDLE = 600_000;
const FOLDER_MODE = 0o700;
const TICKET_BYTES = 24;
/** Bytes that are hashed at once. */
const AT_ONCE = 256 * 1024;

/** A file that a device forwards. */
export interface Expected {
  readonly recording: Recording;
  /** Of the whole file. */
  readonly bytes: number;
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
}

/** A file on its way. */
export interface Upload extends Expected {
  readonly path: string;
  /** Whether a request of it is carried out. */
  isBusy: boolean;
  usedAt: Millis;
}

/** Why a file that has all its bytes is none. */
export type Fault = { readonly error: string };

/** The dependencies of {@linkcode Uploads}. */
export interface UploadsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absolute path of the folder in which they grow. */
  readonly folder: string;
  readonly shelf: Shelf;
  /** Bytes that all recordings may take. */
  readonly space: number;
}

/** The files that devices forward to one worker. Disposing stops its checks. */
export class Uploads implements Disposable {
  readonly #ports: UploadsPorts;
  /** By ticket. */
  readonly #all = new Map<string, Upload>();
  readonly #checking: Disposable;

  constructor(ports: UploadsPorts) {
    this.#ports = ports;
    this.#checking = every(ports.clock, CHECK, () => void this.removeStale());
  }

  /** Expects a file: the ticket with which it is sent, nothing when it is here, or why not. */
  async expect(expected: Expected): Promise<{ ticket?: string } | RefusalPayload> {
    const { recording: { recording_id: id }, bytes } = expected;
    const { clock, random, shelf, space, folder } = this.#ports;
    if (shelf.has(id)) return {};
    const others = [...this.#all].filter(([, { recording }]) => recording.recording_id !== id);
    const idle = others.filter(([, { usedAt, isBusy }]) => !isBusy && clock.now() - usedAt >= IDLE);
    for (const [ticket] of idle) this.#all.delete(ticket);
    const rest = others.filter(([ticket]) => this.#all.has(ticket));
    if (rest.length >= MOST_UPLOADS) {
      return refuse("busy", `Cannot take it: ${MOST_UPLOADS} others are on their way`);
    }
    const reserved = rest.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    if (shelf.refusal) return shelf.refusal;
    if (shelf.used + reserved + bytes > space) {
      const text = "Cannot take it: the space for recordings on this worker is used up";
      return refuse("record.space", text);
    }
    try {
      await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    } catch (error) {
      return refuse("record.unavailable", `Cannot take it: ${errorText(error)}`);
    }
    const [known] = [...this.#all].find(([, { recording }]) => recording.recording_id === id) ?? [];
    const before = known === undefined ? undefined : this.#all.get(known);
    if (before?.isBusy) return refuse("busy", "Cannot take it: a part of it is being written");
    if (known !== undefined) this.#all.delete(known);
    const ticket = Buffer.from(random.bytes(TICKET_BYTES)).toString("base64url");
    const path = join(folder, `${id}.mp4`);
    // Its device describes another file under the same name: what is here is not of that.
    if (before && (before.sha256 !== expected.sha256 || before.bytes !== bytes)) {
      await Deno.remove(path).catch(() => {});
    }
    this.#all.set(ticket, { ...expected, path, isBusy: false, usedAt: clock.now() });
    return { ticket };
  }

  /** The file of a ticket; `undefined` when it is none. */
  find(ticket: string): Upload | undefined {
    const found = this.#all.get(ticket);
    if (found) found.usedAt = this.#ports.clock.now();
    return found;
  }

  /** How many bytes are here. */
  async sizeOf({ path }: Upload): Promise<number> {
    return await Deno.lstat(path).then(({ size }) => size, () => 0);
  }

  /**
   * Makes a recording of a file that has all its bytes, or removes it and says why it is none.
   *
   * @throws {Error} the file system's: whether it is one is not known, and it stays to be looked at again
   */
  async complete(upload: Upload): Promise<Fault | undefined> {
    const { log } = this.#ports;
    const { recording: { recording_id: id }, path, bytes } = upload;
    const fault = await this.#faultOf(upload);
    for (const [ticket, each] of this.#all) if (each === upload) this.#all.delete(ticket);
    if (fault === undefined) {
      log.info("recording of a device is here", { recording: id, bytes });
      return undefined;
    }
    log.warn("forwarded file refused", { recording: id, why: fault });
    await Deno.remove(path).catch(() => {});
    return { error: `Cannot keep ${id}: ${fault}` };
  }

  async #faultOf({ recording, path, bytes, sha256 }: Upload): Promise<string | undefined> {
    const { shelf, log } = this.#ports;
    try {
      const found = await hashOf(path);
      if (found.sha256 !== sha256 || found.bytes !== bytes) {
        return `it is not the file that was promised: its SHA-256 is ${found.sha256.slice(0, 12)}…`;
      }
      return await shelf.adopt(recording, path) ? undefined : "it holds no picture";
    } catch (error) {
      log.warn("forwarded file not kept", { recording: recording.recording_id, error });
      // An index that was begun: without it the file is what was promised.
      const size = await Deno.lstat(path).then((found) => found.size, () => 0);
      if (size > bytes) await Deno.truncate(path, bytes);
      throw error;
    }
  }

  /** Removes files to which nothing is added any more. */
  async removeStale(): Promise<void> {
    const { folder, clock, log } = this.#ports;
    const expected = new Set([...this.#all.values()].map(({ path }) => path));
    try {
      for await (const { name } of Deno.readDir(folder)) {
        const path = join(folder, name);
        if (!RecordingId.safeParse(name.replace(/\.mp4$/, "")).success || expected.has(path)) {
          continue;
        }
        const { mtime } = await Deno.lstat(path);
        if (clock.epoch() - (mtime?.getTime() ?? 0) >= STALE) await Deno.remove(path);
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      log.warn("forwarded files not looked through", { error });
    }
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
  }
}

async function hashOf(path: string): Promise<{ sha256: string; bytes: number }> {
  using file = await openPlain(path, { read: true });
  const hash = createHash("sha256");
  const piece = new Uint8Array(AT_ONCE);
  let bytes = 0;
  for (let count; (count = await file.read(piece));) {
    hash.update(piece.subarray(0, count));
    bytes += count;
  }
  return { sha256: hash.digest("hex"), bytes };
}
