/**
 * Watches whether a folder takes what must be kept: a small file is written every ten seconds, and at once after a
 * write somewhere else failed. So a full disk is told before something is lost, and its end is noticed.
 *
 * @module
 */
import { join } from "node:path";
import { type Clock, type EpochMillis, every } from "../clock.ts";
import type { Log } from "../log.ts";
import { writeDurably } from "./durable_file.ts";
import { type StorageReason, storageReason, whyNotKept } from "./storage_fault.ts";

/** How often a write is tried, in milliseconds. */
export const PROBE_PERIOD = 10_000;
/** A block of common file systems, in bytes: less may still fit where nothing else does. */
const PROBE_SIZE = 4_096;

/** Something that must be kept cannot be kept now. */
export interface StorageTrouble {
  readonly reason: StorageReason;
  /** The reason as the second half of a sentence: "the disk is full". */
  readonly why: string;
  readonly since: EpochMillis;
}

/** What a storage watch needs. */
export interface StorageWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Tries to keep something; rejects with the error when it cannot. */
  readonly probe: () => Promise<void>;
}

/** Watches whether what must be kept can be written: after a failed write, and from time to time. */
export class StorageWatch implements Disposable {
  readonly #options: StorageWatchOptions;
  readonly #period: Disposable;
  #trouble: StorageTrouble | undefined;
  #checking: Promise<void> | undefined;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
    this.#period = every(options.clock, PROBE_PERIOD, () => void this.check());
  }

  /** What the newest attempt came to grief over; `undefined` when it was good. */
  get trouble(): StorageTrouble | undefined {
    return this.#trouble;
  }

  /** Tries now; called after a write that failed. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => this.#checking = undefined);
    return this.#checking;
  }

  [Symbol.dispose](): void {
    this.#period[Symbol.dispose]();
  }

  async #check(): Promise<void> {
    const { clock, log, probe } = this.#options;
    try {
      await probe();
      if (this.#trouble) log.info("storage works again", { since: this.#trouble.since });
      this.#trouble = undefined;
    } catch (error) {
      const reason = storageReason(error);
      if (this.#trouble?.reason === reason) return;
      this.#trouble = { reason, why: whyNotKept(error), since: clock.epoch() };
      log.error("nothing can be kept", { reason, error });
    }
  }
}

/**
 * Writes and removes a small file in `folder`.
 *
 * @throws the file system's error
 */
export async function probeFolder(folder: string): Promise<void> {
  const path = join(folder, ".probe");
  await writeDurably(path, new Uint8Array(PROBE_SIZE));
  // Coordinator and worker probe the same folder; the other one may have removed the file.
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
