import { dirname } from "node:path";
import type { Disk, DiskFile } from "../../protocol/disk/ports.ts";

interface Inode {
  /** The content that a reader gets. */
  data: Uint8Array;
  /** The content that is surely on the medium. */
  synced: Uint8Array;
}
type Names = Map<string, Inode>;

/** The error of a power cut: no call after it succeeds. */
export class PowerCut extends Error {}

/**
 * A disk that keeps the content for readers apart from the content on the medium. Call number `at` fails with
 * `error`, or the power fails right before it. A full disk takes one byte of the write that fails.
 */
export class FakeDisk implements Disk {
  readonly #names: Names = new Map();
  /** Name changes that are not on the medium yet, in order. */
  #pending: { folder: string; apply: (names: Names) => void }[] = [];
  #durable: Names = new Map();
  calls = 0;
  trouble: { at: number; error: Error; lasts?: boolean } | undefined;

  /** A disk on which `files` have always been. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) {
      const data = new TextEncoder().encode(text);
      this.#names.set(path, { data, synced: data });
    }
    this.#durable = new Map(this.#names);
  }

  /** The content that a reader gets now. */
  read(path: string): string | undefined {
    const inode = this.#names.get(path);
    return inode && new TextDecoder().decode(inode.data);
  }

  get files(): string[] {
    return [...this.#names.keys()].sort();
  }

  /**
   * The disk after a power cut, with the first `renames` name changes and `bytes` bytes of unsynced content.
   * A medium may keep any part of unsynced content.
   */
  afterPowerCut({ renames, bytes }: { renames: number; bytes: number }): FakeDisk {
    const names = new Map(this.#durable);
    for (const { apply } of this.#pending.slice(0, renames)) apply(names);
    const after = new FakeDisk();
    for (const [path, { data, synced }] of names) {
      const left = data === synced ? data : data.slice(0, bytes);
      after.#names.set(path, { data: left, synced: left });
    }
    return after;
  }

  makeFolder(): Promise<void> {
    return this.#call(() => {});
  }

  create(path: string): Promise<DiskFile> {
    return this.#call(() => {
      if (this.#names.has(path)) throw Object.assign(new Error("it exists"), { code: "EEXIST" });
      const inode: Inode = { data: new Uint8Array(), synced: new Uint8Array() };
      this.#rename(path, (names) => names.set(path, inode));
      return {
        write: (bytes: Uint8Array) =>
          this.#call(() => {
            // A short write, as the system may make one.
            const taken = bytes.subarray(0, Math.ceil(bytes.length / 2));
            inode.data = Uint8Array.of(...inode.data, ...taken);
            return taken.length;
          }),
        sync: () => this.#call(() => void (inode.synced = inode.data)),
        [Symbol.dispose]() {},
      };
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call(() =>
      this.#rename(to, (names) => {
        const inode = names.get(from);
        if (inode) names.set(to, inode);
        names.delete(from);
      })
    );
  }

  remove(path: string): Promise<void> {
    return this.#call(() => this.#rename(path, (names) => names.delete(path)));
  }

  syncFolder(path: string): Promise<void> {
    return this.#call(() => {
      for (const { folder, apply } of this.#pending) if (folder === path) apply(this.#durable);
      this.#pending = this.#pending.filter(({ folder }) => folder !== path);
    });
  }

  #rename(path: string, apply: (names: Names) => void): void {
    apply(this.#names);
    this.#pending.push({ folder: dirname(path), apply });
  }

  #call<R>(work: () => R): Promise<R> {
    return Promise.try(() => {
      const { at = Infinity, error, lasts = false } = this.trouble ?? {};
      this.calls += 1;
      if (this.calls === at || (lasts && this.calls > at)) throw error;
      return work();
    });
  }
}

/** An error as the file system gives it. */
export function errno(code: string): Error {
  return Object.assign(new Error(`${code} of a test`), { code });
}
