/**
 * How much a room process may say. Native code runs in it, and all rooms of a worker share its main process and one
 * connection to the coordinator, which is given up when a megabyte waits in it. Pure but for the clock.
 *
 * | what                                         | beyond its bound                      |
 * | -------------------------------------------- | ------------------------------------- |
 * | messages of any kind, and their bytes        | `end`: the process is ended           |
 * | what begins and ends recordings              | `end`: each is a file, on one disk    |
 * | bytes for the coordinator                    | `end`; a request allows for 32 KiB    |
 * | figures and pictures of a field stream       | `drop`: the next one replaces it;     |
 * |                                              | `end` beyond hundreds in a minute     |
 * | requests for the seat of a vehicle, failsafe | `drop`: the audit log is bounded      |
 * | changes of the room                          | only the newest is sent (`latest.ts`) |
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Bucket, createBucket } from "../../protocol/connection/bucket.ts";
import type { FromRoom } from "../room/ipc.ts";
import { extentOf } from "./extent.ts";

/** What becomes of a message. */
export type Verdict = "pass" | "drop" | "end";

/**
 * Messages of any kind. People in a full room cause 640 a second by their commands, at most (RCM4), and their lists of
 * saves 130.
 */
const MESSAGES = { perSecond: 2_000, burst: 10_000 };
/**
 * Bytes of all messages, wherever they go: the main process parses them while it carries pictures of all rooms. What
 * people in a full room cause is 2 MB a second, at most: each command a change of the room, of 3 kB. A stream has a
 * picture of 400 kB every ten seconds, at most.
 */
const ALL_BYTES = { perSecond: 6 * 1024 * 1024, burst: 24 * 1024 * 1024 };
/**
 * Bytes for the coordinator. Offers and candidates of a connection are 15 kB, and six people connect at once (ROM25);
 * each request, which the coordinator bounds, allows for what answers it.
 */
const BYTES = { perSecond: 128 * 1024, burst: 384 * 1024 };
const BYTES_OF_ANSWER = 32 * 1024;
/** What a short message costs besides its characters, in bytes. */
const COST = 256;
/**
 * What begins and ends recordings. A room begins six at once and one each four seconds, and nine are being written at
 * most (`worker/recording/room/room_recorder.ts`); so this allows for a main process that stood still for a minute.
 */
const RECORDINGS = { perSecond: 1, burst: 60 };
/** By kind, of those that are dropped. A stream has figures once a second and a picture every ten. */
const DROPPED = {
  stats: { perSecond: 2, burst: 10 },
  still: { perSecond: 0.5, burst: 3 },
  "seat.request": { perSecond: 2, burst: 40 },
  "vehicle.failsafe": { perSecond: 2, burst: 40 },
};
/**
 * What may be dropped of a stream. Its thread sends by the clock, so that only a main process that stood still for
 * minutes drops as much. What people or a vehicle cause ends no room.
 */
const DROPS_OF_STREAM = { perSecond: 5, burst: 300 };

/** The bounds of one process. */
export class Allowance {
  readonly #messages: Bucket;
  readonly #allBytes: Bucket;
  readonly #bytes: Bucket;
  readonly #recordings: Bucket;
  readonly #dropsOfStream: Bucket;
  readonly #dropped: ReadonlyMap<string, Bucket>;

  constructor(clock: Clock) {
    this.#messages = createBucket(clock, MESSAGES);
    this.#allBytes = createBucket(clock, ALL_BYTES);
    this.#bytes = createBucket(clock, BYTES);
    this.#recordings = createBucket(clock, RECORDINGS);
    this.#dropsOfStream = createBucket(clock, DROPS_OF_STREAM);
    const kinds = Object.entries(DROPPED);
    this.#dropped = new Map(kinds.map(([kind, rate]) => [kind, createBucket(clock, rate)]));
  }

  /** A message came, which was not read yet. */
  came(value: unknown): Verdict {
    if (!this.#messages.take()) return "end";
    return this.#allBytes.take(extentOf(value, ALL_BYTES.burst)) ? "pass" : "end";
  }

  /** The coordinator asked the room for something. */
  asked(): void {
    this.#bytes.add(BYTES_OF_ANSWER);
  }

  /** What becomes of a message that was read. `length`: how long it is for the coordinator, in characters. */
  read(message: FromRoom, length: number): Verdict {
    const kind = kindOf(message);
    const bucket = this.#dropped.get(kind);
    if (bucket?.take()) return "pass";
    if (bucket) return message.type === "live" && !this.#dropsOfStream.take() ? "end" : "drop";
    if (message.type === "recording") return this.#recordings.take() ? "pass" : "end";
    if (message.type !== "message" || kind === "room.changed") return "pass";
    return this.#bytes.take(COST + length) ? "pass" : "end";
  }
}

function kindOf(message: FromRoom): string {
  if (message.type === "live") return message.event.type;
  return message.type === "message" ? message.message.type : message.type;
}
