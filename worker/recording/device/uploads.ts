/**
 * What devices forward to this worker: files that grow in a folder of their own until they are whole, and then are
 * recordings like the others. How far one is says its length, so that it goes on after either end was killed.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Clock, every, type Millis } from "../../../protocol/clock.ts";
import { type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import { errorText } from "../../../protocol/error_text.ts";
import { RecordingId } from "../../../protocol/ids.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import type { Recording } from "../../../protocol/recording/recording.ts";
import { openPlain } from "../../../protocol/disk/plain_file.ts";
import type { Shelf } from "../shelf.ts";

/** Most files that grow at once. */
export const MOST_UPLOADS = 8;
/** Most of them of one sender. */
const MOST_OF_SENDER = 2;
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

/** A file that nobody has a ticket of; epoch time. */
interface Left {
  readonly path: string;
  readonly bytes: number;
  readonly writtenAt: number;
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
  #last: Promise<unknown> = Promise.resolve();

  constructor(ports: UploadsPorts) {
    this.#ports = ports;
    this.#checking = every(ports.clock, CHECK, () => void this.removeStale());
  }

  /** Expects a file: the ticket with which it is sent, nothing when it is here, or why not. One after the other. */
  expect(expected: Expected): Promise<{ ticket?: string } | RefusalPayload> {
    const answer = this.#last.then(() => this.#expect(expected));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #expect(expected: Expected): Promise<{ ticket?: string } | RefusalPayload> {
    const { recording: { recording_id: id }, bytes, sha256 } = expected;
    const { clock, random, shelf, space, folder } = this.#ports;
    if (shelf.has(id)) return {};
    const path = join(folder, `${id}.mp4`);
    let left: Left[];
    try {
      await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      this.#endIdle(expected);
      left = (await this.#left()).filter((each) => each.path !== path);
    } catch (error) {
      return refuse("record.unavailable", `Cannot take it: ${errorText(error)}`);
    }
    const [known, before] = [...this.#all].find(([, each]) => each.path === path) ?? [];
    if (before?.isBusy) return refuse("busy", "Cannot take it: a part of it is being written");
    // From here on no request of it begins.
    if (known !== undefined) this.#all.delete(known);
    const others = [...this.#all.values()];
    if (others.length >= MOST_UPLOADS) {
      return refuse("busy", `Cannot take it: ${MOST_UPLOADS} others are on their way`);
    }
    if (others.filter((each) => isOfSameSender(each, expected)).length >= MOST_OF_SENDER) {
      return refuse(
        "busy",
        `Cannot take it: ${MOST_OF_SENDER} others of its sender are on their way`,
      );
    }
    if (shelf.refusal) return shelf.refusal;
    const reserved = others.reduce((sum, { bytes }) => sum + bytes, 0);
    const free = space - shelf.used - reserved - bytes;
    if (free < 0 || !await makeRoom(left, free)) {
      const text = "Cannot take it: the space for recordings on this worker is used up";
      return refuse("record.space", text);
    }
    // Its device describes another file under the same name: what is here is not of that.
    const isOther = before && (before.sha256 !== sha256 || before.bytes !== bytes);
    if (isOther || await sizeAt(path) > bytes) await Deno.remove(path).catch(() => {});
    const ticket = Buffer.from(random.bytes(TICKET_BYTES)).toString("base64url");
    this.#all.set(ticket, { ...expected, path, isBusy: false, usedAt: clock.now() });
    return { ticket };
  }

  /** Ends the tickets that make room for a file: those that are idle, and the older ones of its sender. */
  #endIdle(expected: Expected): void {
    const now = this.#ports.clock.now();
    const id = expected.recording.recording_id;
    const others = [...this.#all].filter(([, { recording, isBusy }]) =>
      !isBusy && recording.recording_id !== id
    );
    const own = others.filter(([, upload]) => isOfSameSender(upload, expected))
      .sort(([, a], [, b]) => b.usedAt - a.usedAt);
    const idle = others.filter(([, { usedAt }]) => now - usedAt >= IDLE);
    for (const [ticket] of [...idle, ...own.slice(MOST_OF_SENDER - 1)]) this.#all.delete(ticket);
  }

  /** The files that nobody has a ticket of, the oldest first. */
  async #left(): Promise<Left[]> {
    const { folder } = this.#ports;
    const left: Left[] = [];
    for await (const { name } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (!RecordingId.safeParse(name.replace(/\.mp4$/, "")).success) continue;
      const found = await Deno.lstat(path).catch(() => undefined);
      if (found) left.push({ path, bytes: found.size, writtenAt: found.mtime?.getTime() ?? 0 });
    }
    const expected = new Set([...this.#all.values()].map(({ path }) => path));
    return left.filter(({ path }) => !expected.has(path)).sort((a, b) => a.writtenAt - b.writtenAt);
  }

  /** The file of a ticket; `undefined` when it is none. */
  find(ticket: string): Upload | undefined {
    const found = this.#all.get(ticket);
    if (found) found.usedAt = this.#ports.clock.now();
    return found;
  }

  /** How many bytes are here. */
  async sizeOf({ path }: Upload): Promise<number> {
    return await sizeAt(path);
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
      if (await sizeAt(path) > bytes) await Deno.truncate(path, bytes);
      throw error;
    }
  }

  /** Removes files to which nothing is added any more. */
  async removeStale(): Promise<void> {
    const { clock, log } = this.#ports;
    try {
      for (const { path, writtenAt } of await this.#left()) {
        if (clock.epoch() - writtenAt >= STALE) await Deno.remove(path);
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

/** Removes the oldest files until the others take at most so many bytes; false when they do not. */
async function makeRoom(left: readonly Left[], most: number): Promise<boolean> {
  let used = left.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of left) {
    if (used <= most) break;
    if (await Deno.remove(path).then(() => true, () => false)) used -= bytes;
  }
  return used <= most;
}

function isOfSameSender(a: Expected, b: Expected): boolean {
  return a.recording.sender_id !== undefined && a.recording.sender_id === b.recording.sender_id;
}

async function sizeAt(path: string): Promise<number> {
  return await Deno.lstat(path).then(({ size }) => size, () => 0);
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
