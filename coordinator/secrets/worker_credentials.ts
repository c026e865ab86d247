/**
 * The credentials that let workers join: those minted here, of which only the SHA-256 is kept (they are 256 random
 * bits, so a slow hash would add nothing), and those the launcher passes in.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { type Random, randomHex } from "../../protocol/random.ts";

const Entries = z.array(z.object({ name: z.string().max(80), sha256: z.string().length(64) }));
export type CredentialEntry = z.infer<typeof Entries>[number];

/** Where the entries are kept. */
export interface CredentialFile {
  /** The file's text, or `undefined` when there is none yet. */
  read(): string | undefined;
  /** Resolves when the text is on the medium. */
  write(text: string): Promise<void>;
}

export class WorkerCredentials {
  #entries: readonly CredentialEntry[];
  readonly #passed: readonly string[];
  readonly #file: CredentialFile;
  readonly #random: Random;
  #changing: Promise<void> = Promise.resolve();

  /**
   * `passed` are good until the process ends and are not kept.
   *
   * @throws {TypeError} when the file is there and cannot be read
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
   * Makes a credential for a new worker. It is shown once: only its hash is kept.
   *
   * @throws the file system's error; then the credential does not exist
   */
  async mint(name: string): Promise<string> {
    const credential = `fpw_${randomHex(this.#random, 32)}`;
    await this.#change((entries) => [...entries, { name, sha256: sha256(credential) }]);
    return credential;
  }

  /**
   * Takes back every credential of this name; false when there was none.
   *
   * @throws the file system's error; then they are good as before
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

  /** Whether a worker that shows this may join. Takes the same time whichever entry fits. */
  accepts(credential: string): boolean {
    const shown = Buffer.from(sha256(credential));
    const known = [...this.#passed, ...this.#entries.map((entry) => entry.sha256)];
    return known.filter((hash) => timingSafeEqual(Buffer.from(hash), shown)).length > 0;
  }

  /** One change after the other: each sees what the one before left. It counts once it is on the medium. */
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
      "Cannot read worker_credentials.json: it is not a list of { name, sha256 }. Mend it or remove it";
    throw new TypeError(message, { cause });
  }
}
