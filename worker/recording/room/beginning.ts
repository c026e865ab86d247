/**
 * The time between a request to record and the first bytes on the disk: nobody is told of a recording that may not come
 * about.
 *
 * ```text
 *  waiting ──first bytes written──▶ begun
 *     └──disk · no picture · stopped · room closed──▶ refused
 * ```
 *
 * @module
 */
import type { Clock, EpochMillis } from "../../../protocol/clock.ts";
import { whyNotKept } from "../../../protocol/disk/storage_fault.ts";
import { type RefusalPayload, refuse, refuseFor } from "../../../protocol/envelope.ts";
import type { RecordingEnd } from "../../../protocol/recording/recording.ts";

/** How long it may take, in milliseconds: whoever asks waits ten seconds for the answer. */
export const BEGIN_LIMIT = 8_000;

const WAITED = `within ${BEGIN_LIMIT / 1_000} s`;
/** Why there is no first byte, by what happened. */
const WHY: Readonly<Record<Exclude<RecordingEnd, "space_used">, string>> = {
  stopped: "somebody stopped it",
  room_closed: "its room was closed",
  interrupted: "its room ended",
  too_long: "a recording may not be so long",
  disk_full: "the disk is full",
  disk_failed: "the disk failed",
};

/** The beginning of one recording, or the writing of one clip. Disposing frees its deadline. */
export class Beginning implements Disposable {
  /** Resolves when the first bytes are written, or to why they never were. */
  readonly settled: Promise<RefusalPayload | undefined>;
  readonly #clock: Pick<Clock, "epoch">;
  readonly #deadline: Disposable;
  readonly #settle: (refusal: RefusalPayload | undefined) => void;
  #since: EpochMillis | undefined;

  /** `late` is called when it takes longer than {@linkcode BEGIN_LIMIT}. */
  constructor(clock: Clock, late: () => void) {
    const { promise, resolve } = Promise.withResolvers<RefusalPayload | undefined>();
    this.settled = promise;
    this.#settle = resolve;
    this.#clock = clock;
    this.#deadline = clock.after(BEGIN_LIMIT, late);
  }

  /** Since when the recording is on the disk; `undefined` before that. */
  get since(): EpochMillis | undefined {
    return this.#since;
  }

  /** Its first bytes are written. */
  written(): void {
    if (this.#since !== undefined) return;
    this.#since = this.#clock.epoch();
    this[Symbol.dispose]();
    this.#settle(undefined);
  }

  /** It will not begin. Without effect once it has. */
  refuse(refusal: RefusalPayload): void {
    this[Symbol.dispose]();
    this.#settle(refusal);
  }

  [Symbol.dispose](): void {
    this.#deadline[Symbol.dispose]();
  }
}

/** Why nothing was recorded: the reason for which it ended before its first bytes, or the error of the disk. */
export function notRecorded(reason: RecordingEnd, error?: unknown): RefusalPayload {
  if (reason === "space_used") {
    const full = "the space for recordings on this worker is used up";
    return refuse("record.space", `Cannot record: ${full}. Remove some`);
  }
  return refuseFor("record.failed", error === undefined ? WHY[reason] : whyNotKept(error));
}

/** Why nothing was recorded in time. `hasPicture`: there was something to write. */
export function notInTime(hasPicture: boolean): RefusalPayload {
  const why = hasPicture
    ? `the disk took nothing ${WAITED}`
    : `no whole picture, with which a recording begins, came ${WAITED}`;
  return refuseFor("record.failed", why);
}
