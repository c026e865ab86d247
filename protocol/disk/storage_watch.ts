/**
 * Watches whether a folder takes writes: it writes a small file every ten seconds, and at once after another write
 * failed. So a full disk is reported before a save fails, and so is the end of the fault.
 *
 * @module
 */
import { join } from "node:path";
import { type Clock, type EpochMillis, every } from "../clock.ts";
import type { Log } from "../log.ts";
import { writeDurably } from "./durable_file.ts";
import { type StorageReason, storageReason, whyNotKept } from "./storage_fault.ts";

/** Period of the test writes, in milliseconds. */
export const PROBE_PERIOD = 10_000;
/** Size of the test file, in bytes: a block of common file systems. A smaller file can still fit on a full disk. */
const PROBE_SIZE = 4_096;

/** A folder does not take writes at present. */
export interface StorageTrouble {
  readonly reason: StorageReason;
  /** The reason as the second half of a sentence: "the disk is full". */
  readonly why: string;
  readonly since: EpochMillis;
}

/** The parts of a storage watch. */
export interface StorageWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Makes a test write; rejects with the error when it fails. */
  readonly probe: () => Promise<void>;
}

/** Watches the writes to one folder: tries one after a failed write, and one every ten seconds. */
export class StorageWatch implements Disposable {
  readonly #options: StorageWatchOptions;
  readonly #period: Disposable;
  #trouble: StorageTrouble | undefined;
  #checking: Promise<void> | undefined;

  constructor(options: StorageWatchOptions) {
    this.#options = options;
    this.#period = every(options.clock, PROBE_PERIOD, () => void this.check());
  }

  /** The fault of the newest attempt; `undefined` when it succeeded. */
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
 * Writes and removes a file of `size` bytes in `folder`.
 *
 * @throws the file system's error
 */
export async function probeFolder(folder: string, size: number = PROBE_SIZE): Promise<void> {
  const path = join(folder, ".probe");
  await writeDurably(path, new Uint8Array(size));
  // Coordinator and worker may test the same folder, and the other process may have removed the file.
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
