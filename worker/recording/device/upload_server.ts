/**
 * Takes the files that devices forward, over HTTP, for whoever holds a ticket. `HEAD /uploads/TICKET` answers how far the
 * file is (`upload-offset`); `PATCH` adds bytes there, and the last of them are answered when the file is a recording.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../../protocol/clock.ts";
import { storageReason, whyOf } from "../../../protocol/disk/storage_fault.ts";
import { MAX_UPLOAD_CHUNK, UPLOADS_PATH } from "../../../protocol/recording/device.ts";
import type { Upload, Uploads } from "./uploads.ts";

/** A request of which nothing comes for this long is ended, in milliseconds. */
const STALLED = 30_000;
const MODE = 0o644;

/** Answers requests about forwarded files. */
export class UploadServer {
  readonly #clock: Clock;
  readonly #uploads: Uploads;
  readonly #open: typeof openToAppend;

  constructor(clock: Clock, uploads: Uploads, open = openToAppend) {
    this.#clock = clock;
    this.#uploads = uploads;
    this.#open = open;
  }

  /** Whether a path is one of forwarded files. */
  static owns(path: string): boolean {
    return path.startsWith(`${UPLOADS_PATH}/`);
  }

  /** Answers one request; resolves when the answer has ended. */
  async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const ticket = message.url?.slice(UPLOADS_PATH.length + 1) ?? "";
    const upload = this.#uploads.find(ticket);
    if (!upload) return respond(response, 404, "Nothing is expected here. Offer it again");
    if (message.method !== "HEAD" && message.method !== "PATCH") {
      return respond(response, 405, "Files are sent by PATCH");
    }
    if (upload.isBusy) return respond(response, 503, "A part of it is being written");
    upload.isBusy = true;
    try {
      if (message.method === "HEAD") {
        return respond(response, 200, "", await this.#uploads.sizeOf(upload));
      }
      await this.#add(upload, message, response);
    } finally {
      upload.isBusy = false;
    }
  }

  async #add(upload: Upload, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const size = await this.#uploads.sizeOf(upload);
    const offset = Number(message.headers["upload-offset"] ?? NaN);
    if (offset !== size) {
      return respond(response, 409, `Bytes are added at ${size}`, size);
    }
    const length = Number(message.headers["content-length"] ?? NaN);
    const most = Math.min(MAX_UPLOAD_CHUNK, upload.bytes - size);
    if (!(length >= 0 && length <= most)) {
      return respond(response, 413, `At most ${most} bytes are taken at once`, size);
    }
    try {
      await this.#write(upload, message);
    } catch (error) {
      const isFull = storageReason(error) === "full";
      const now = await this.#uploads.sizeOf(upload);
      return respond(response, isFull ? 507 : 500, "The disk does not take it", now);
    }
    const now = await this.#uploads.sizeOf(upload);
    if (now < upload.bytes) return respond(response, 204, "", now);
    try {
      const fault = await this.#uploads.complete(upload);
      if (fault) respond(response, 422, fault.error);
      else respond(response, 204, "", now);
    } catch (error) {
      const text = `Cannot keep it at present: ${whyOf(storageReason(error))}`;
      respond(response, 500, text, await this.#uploads.sizeOf(upload));
    }
  }

  /** Adds what comes, until its end or that of the connection. */
  async #write(upload: Upload, message: IncomingMessage): Promise<void> {
    using file = await this.#open(upload.path);
    let stalled: Disposable | undefined;
    const expectMore = () => {
      stalled?.[Symbol.dispose]();
      stalled = this.#clock.after(STALLED, () => message.destroy());
    };
    expectMore();
    try {
      for await (const chunk of message as AsyncIterable<Uint8Array>) {
        for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
        expectMore();
      }
    } finally {
      stalled?.[Symbol.dispose]();
    }
  }
}

function openToAppend(path: string): Promise<Pick<Deno.FsFile, "write" | typeof Symbol.dispose>> {
  return Deno.open(path, { append: true, create: true, mode: MODE });
}

function respond(response: ServerResponse, status: number, text: string, offset?: number): void {
  if (response.destroyed) return;
  const hasBody = text !== "" && status !== 204;
  response.writeHead(status, {
    ...(hasBody && { "content-type": "text/plain;charset=UTF-8" }),
    ...(offset !== undefined && { "upload-offset": String(offset) }),
    "cache-control": "no-store",
    // What was sent behind a refused head is not read.
    ...(status >= 400 && { connection: "close" }),
  });
  response.end(hasBody ? `${text}\n` : undefined);
}
