/**
 * Bytes on their way to the end of a file. They are written in order, by the runtime's file threads, so that a slow disk
 * holds up nothing else.
 *
 * @module
 */
import type { AppendFile } from "./append_file.ts";

/** With more bytes than this waiting the queue is full: its owner drops what comes until it is half empty. */
export const MOST_WAITING = 8_000_000;

/** Writes to one file. */
export class AppendQueue {
  readonly #file: Promise<AppendFile>;
  readonly #failed: (error: unknown) => void;
  #waiting = 0;
  #last: Promise<void>;
  #isFailed = false;

  /** `failed` is called once, with the first error of the file. */
  constructor(file: Promise<AppendFile>, failed: (error: unknown) => void) {
    this.#file = file;
    this.#failed = failed;
    this.#last = file.then(() => {}, (error) => this.#fail(error));
  }

  /** How many bytes are not written yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Appends bytes, after those before. After a failure they are dropped. */
  push(bytes: Uint8Array): void {
    this.#waiting += bytes.length;
    this.#last = this.#last.then(async () => {
      if (!this.#isFailed) await (await this.#file).append(bytes);
    }).catch((error) => this.#fail(error)).finally(() => {
      this.#waiting -= bytes.length;
    });
  }

  /** Resolves when what was appended so far is written, to true, or has failed. */
  async settled(): Promise<boolean> {
    await this.#last;
    return !this.#isFailed;
  }

  /** Closes the file when everything is written. */
  async close(): Promise<void> {
    await this.#last;
    (await this.#file.catch(() => undefined))?.close();
  }

  #fail(error: unknown): void {
    if (this.#isFailed) return;
    this.#isFailed = true;
    this.#failed(error);
  }
}
