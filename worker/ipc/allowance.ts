/**
 * How much a room process may say. Native code runs in it, and all rooms of a worker share its main process and one
 * connection to the coordinator, which is given up when a megabyte waits in it. Pure but for the clock.
 *
 * | what                                         | beyond its bound                      |
 * | -------------------------------------------- | ------------------------------------- |
 * | messages of any kind                         | `end`: the process is ended           |
 * | bytes for the coordinator                    | `end`; a request allows for 32 KiB    |
 * | figures and pictures of a field stream       | `drop`: the next one replaces it      |
 * | requests for the seat of a vehicle, failsafe | `drop`: the audit log is bounded      |
 * | changes of the room                          | only the newest is sent (`latest.ts`) |
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Bucket, createBucket } from "../../protocol/connection/bucket.ts";
import type { FromRoom } from "../room/ipc.ts";

/** What becomes of a message. */
export type Verdict = "pass" | "drop" | "end";

/**
 * Messages of any kind. People in a full room cause 640 a second by their commands, at most (RCM4), and their lists of
 * saves 130.
 */
const MESSAGES = { perSecond: 2_000, burst: 10_000 };
/**
 * Bytes for the coordinator. Offers and candidates of a connection are 15 kB, and six people connect at once (ROM25);
 * each request, which the coordinator bounds, allows for what answers it.
 */
const BYTES = { perSecond: 128 * 1024, burst: 384 * 1024 };
const BYTES_OF_ANSWER = 32 * 1024;
/** What a short message costs besides its characters, in bytes. */
const COST = 256;
/** By kind, of those that are dropped. A stream has figures once a second and a picture every ten. */
const DROPPED = {
  stats: { perSecond: 2, burst: 10 },
  still: { perSecond: 0.5, burst: 3 },
  "seat.request": { perSecond: 2, burst: 40 },
  "vehicle.failsafe": { perSecond: 2, burst: 40 },
};

/** The bounds of one process. */
export class Allowance {
  readonly #messages: Bucket;
  readonly #bytes: Bucket;
  readonly #dropped: ReadonlyMap<string, Bucket>;

  constructor(clock: Clock) {
    this.#messages = createBucket(clock, MESSAGES);
    this.#bytes = createBucket(clock, BYTES);
    const kinds = Object.entries(DROPPED);
    this.#dropped = new Map(kinds.map(([kind, rate]) => [kind, createBucket(clock, rate)]));
  }

  /** A message came, which was not read yet. */
  came(): Verdict {
    return this.#messages.take() ? "pass" : "end";
  }

  /** The coordinator asked the room for something. */
  asked(): void {
    this.#bytes.add(BYTES_OF_ANSWER);
  }

  /** What becomes of a message that was read. `length`: how long it is for the coordinator, in characters. */
  read(message: FromRoom, length: number): Verdict {
    const kind = kindOf(message);
    const bucket = this.#dropped.get(kind);
    if (bucket) return bucket.take() ? "pass" : "drop";
    if (message.type !== "message" || kind === "room.changed") return "pass";
    return this.#bytes.take(COST + length) ? "pass" : "end";
  }
}

function kindOf(message: FromRoom): string {
  if (message.type === "live") return message.event.type;
  return message.type === "message" ? message.message.type : message.type;
}
