/**
 * The credentials with which workers connect: those that the coordinator made, and those that the launcher passes in.
 * Only the SHA-256 of a made credential is stored; it has 256 random bits, so a slow hash would not make it safer.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { type Random, randomHex } from "../../protocol/random.ts";

const Entries = z.array(z.object({ name: z.string().max(80), sha256: z.string().length(64) }));
/** A stored credential: its name and the SHA-256 of it, in hex. */
export type CredentialEntry = z.infer<typeof Entries>[number];

/** The file that stores the entries. */
export interface CredentialFile {
  /** The file's text; `undefined` when there is no file. */
  read(): string | undefined;
  /** Resolves when the text is on the medium. */
  write(text: string): Promise<void>;
}

/** The credentials of workers. */
export class WorkerCredentials {
  #entries: readonly CredentialEntry[];
  readonly #passed: readonly string[];
  readonly #file: CredentialFile;
  readonly #random: Random;
  #changing: Promise<void> = Promise.resolve();

  /**
   * `passed`: credentials that are valid until the process ends and are not stored.
   *
   * @throws {TypeError} when the file exists and contains no list of entries
   */
  constructor(
    { file, passed, random }: { file: CredentialFile; passed: readonly string[]; random: Random },
  ) {
    this.#file = file;
    this.#random = random;
    this.#passed = passed.map(sha256);
    this.#entries = parse(file.read());
  }

  /**
   * Makes a credential for a new worker. It is shown once, because only its hash is stored.
   *
   * @throws the file system's error; then the credential does not exist
   */
  async mint(name: string): Promise<string> {
    const credential = `fpw_${randomHex(this.#random, 32)}`;
    await this.#change((entries) => [...entries, { name, sha256: sha256(credential) }]);
    return credential;
  }

  /**
   * Revokes every credential of this name; false when there was none.
   *
   * @throws the file system's error; then the credentials stay valid
   */
  async revoke(name: string): Promise<boolean> {
    let found = false;
    await this.#change((entries) => {
      const rest = entries.filter((entry) => entry.name !== name);
      found = rest.length < entries.length;
      return found ? rest : entries;
    });
    return found;
  }

  /** Whether a worker with this credential may connect. The check takes the same time whichever entry is equal. */
  accepts(credential: string): boolean {
    const shown = Buffer.from(sha256(credential));
    const known = [...this.#passed, ...this.#entries.map((entry) => entry.sha256)];
    return known.filter((hash) => timingSafeEqual(Buffer.from(hash), shown)).length > 0;
  }

  /** Changes the entries, one change after the other. A change takes effect once it is written to the disk. */
  #change(
    change: (entries: readonly CredentialEntry[]) => readonly CredentialEntry[],
  ): Promise<void> {
    const changed = this.#changing.then(async () => {
      const entries = change(this.#entries);
      if (entries === this.#entries) return;
      await this.#file.write(JSON.stringify(entries, undefined, 2) + "\n");
      this.#entries = entries;
    });
    this.#changing = changed.catch(() => {});
    return changed;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function parse(text: string | undefined): readonly CredentialEntry[] {
  if (text === undefined) return [];
  try {
    return Entries.parse(JSON.parse(text));
  } catch (cause) {
    const message =
      "Cannot read worker_credentials.json: it is not a list of { name, sha256 }. Correct it or remove it";
    throw new TypeError(message, { cause });
  }
}
