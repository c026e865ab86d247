/**
 * Serves the files of recordings to browsers that hold a ticket: `/recordings/TICKET/video.mp4`, in whole or in ranges
 * (RFC 9110 §14), and with `?download` under a name of its own. It reads no more than a connection takes.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../protocol/clock.ts";
import type { RecordingId } from "../../protocol/ids.ts";
import {
  type Recording,
  RECORDING_FILES,
  RECORDINGS_PATH,
} from "../../protocol/recording/recording.ts";
import { openPlain } from "../../protocol/disk/plain_file.ts";
import { readRange } from "./range.ts";
import type { Recordings } from "./recordings.ts";

/** Bytes read at once. */
const PIECE = 256 * 1024;
/** Most answers at once. */
const MOST_ANSWERS = 64;
/** Most answers of one recording at once: who reads slowly must not keep others from theirs. */
export const MOST_ANSWERS_OF_ONE = 8;
/** An answer of which nothing is taken for this long is ended, in milliseconds; a player asks again. */
const STALLED = 60_000;

/** Pages of every origin may read it: the address is the right. */
const HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "content-range, content-length",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "private, no-store",
  "accept-ranges": "bytes",
};
const TYPES = { video: "video/mp4", telemetry: "application/jsonl" } as const;

type FileName = keyof typeof RECORDING_FILES;

/** Answers requests for files of recordings. */
export class FileServer {
  readonly #clock: Clock;
  readonly #recordings: Pick<Recordings, "shelf" | "tickets">;
  readonly #answers: RecordingId[] = [];

  constructor(clock: Clock, recordings: Pick<Recordings, "shelf" | "tickets">) {
    this.#clock = clock;
    this.#recordings = recordings;
  }

  /** Whether a path is one of recordings. */
  static owns(path: string): boolean {
    return path.startsWith(`${RECORDINGS_PATH}/`);
  }

  /** Answers one request; resolves when the answer has ended. */
  async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { shelf, tickets } = this.#recordings;
    const url = new URL(message.url ?? "", "http://worker");
    const [, , ticket = "", file = "", ...rest] = url.pathname.split("/");
    const name = (Object.keys(RECORDING_FILES) as FileName[])
      .find((each) => RECORDING_FILES[each] === file && rest.length === 0);
    const id = tickets.find(ticket);
    const path = name && id && shelf.pathOf(id, name);
    if (!name || !id || !path) return refuse(response, 404, "There is no such recording here");
    if (message.method !== "GET" && message.method !== "HEAD") {
      return refuse(response, 405, "Recordings are read by GET");
    }
    const isBusy = this.#answers.length >= MOST_ANSWERS ||
      this.#answers.filter((each) => each === id).length >= MOST_ANSWERS_OF_ONE;
    if (isBusy) return refuse(response, 503, "Too many recordings are read. Try again later");
    this.#answers.push(id);
    try {
      await this.#send(path, {
        response,
        range: message.headers.range,
        isHead: message.method === "HEAD",
        headers: { "content-type": TYPES[name], ...named(url, { id, shelf, name }) },
      });
    } finally {
      this.#answers.splice(this.#answers.indexOf(id), 1);
    }
  }

  async #send(
    path: string,
    { response, range, isHead, headers }: {
      readonly response: ServerResponse;
      readonly range: string | undefined;
      readonly isHead: boolean;
      readonly headers: Readonly<Record<string, string>>;
    },
  ): Promise<void> {
    const file = await openPlain(path, { read: true }).catch(() => undefined);
    if (!file) return refuse(response, 404, "There is no such recording here");
    using _ = file;
    const { size } = await file.stat();
    const wanted = readRange(range, size);
    if (wanted === "outside") {
      response.setHeader("content-range", `bytes */${size}`);
      return refuse(response, 416, "The file is shorter");
    }
    const { first, last } = wanted ?? { first: 0, last: size - 1 };
    response.writeHead(wanted ? 206 : 200, {
      ...HEADERS,
      ...headers,
      "content-length": String(last - first + 1),
      ...(wanted && { "content-range": `bytes ${first}-${last}/${size}` }),
    });
    if (isHead) return void response.end();
    await file.seek(first, Deno.SeekMode.Start);
    for (let left = last - first + 1; left > 0 && !response.destroyed;) {
      const piece = new Uint8Array(Math.min(PIECE, left));
      const count = await file.read(piece);
      if (!count) return void response.destroy();
      left -= count;
      if (!response.write(piece.subarray(0, count))) await this.#drained(response);
    }
    response.end();
  }

  #drained(response: ServerResponse): Promise<void> {
    // The other end left while the file was read: no event follows.
    if (response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const stalled = this.#clock.after(STALLED, () => {
        response.destroy();
        go();
      });
      const go = () => {
        stalled[Symbol.dispose]();
        response.off("drain", go);
        response.off("close", go);
        resolve();
      };
      response.on("drain", go);
      response.on("close", go);
    });
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, "content-type": "text/plain;charset=UTF-8" });
  response.end(`${text}\n`);
}

/** The name under which a browser keeps the file. */
function named(
  url: URL,
  { id, shelf, name }: {
    readonly id: RecordingId;
    readonly shelf: Recordings["shelf"];
    readonly name: FileName;
  },
): Record<string, string> {
  const about = shelf.find(id);
  if (!url.searchParams.has("download") || "error" in about) return {};
  const file = downloadName(about, name);
  const plain = file.replaceAll(/[^\w .-]/g, "_");
  const whole = encodeURIComponent(file).replaceAll("'", "%27");
  return { "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${whole}` };
}

/** Title and time, without what file systems take for something else. */
export function downloadName({ title, started_at }: Recording, name: FileName): string {
  const time = new Date(started_at).toISOString().slice(0, 19).replaceAll(":", "-");
  // deno-lint-ignore no-control-regex
  const safe = title.replaceAll(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, "_").replace(/^\.+/, "").trim();
  return `${safe || "Recording"} ${time}.${name === "video" ? "mp4" : "jsonl"}`;
}
