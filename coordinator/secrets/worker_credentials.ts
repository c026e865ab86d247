/**
 * Which workers may join: credentials minted here, of which only the SHA-256 is kept (they are 256 random bits,
 * so a slow hash would add nothing), and those the launcher passes in.
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
  write(text: string): void;
}

export class WorkerCredentials {
  #entries: readonly CredentialEntry[];
  readonly #passed: readonly string[];
  readonly #file: CredentialFile;
  readonly #random: Random;

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

  /** Makes a credential for a worker to be. It is shown once: only its hash is kept. */
  mint(name: string): string {
    const credential = `fpw_${randomHex(this.#random, 32)}`;
    this.#keep([...this.#entries, { name, sha256: sha256(credential) }]);
    return credential;
  }

  /** Takes back every credential of this name. Tells whether there was one. */
  revoke(name: string): boolean {
    const rest = this.#entries.filter((entry) => entry.name !== name);
    if (rest.length === this.#entries.length) return false;
    this.#keep(rest);
    return true;
  }

  /** Whether a worker that shows this may join. Takes the same time whichever entry fits. */
  accepts(credential: string): boolean {
    const shown = Buffer.from(sha256(credential));
    const known = [...this.#passed, ...this.#entries.map((entry) => entry.sha256)];
    return known.filter((hash) => timingSafeEqual(Buffer.from(hash), shown)).length > 0;
  }

  #keep(entries: readonly CredentialEntry[]): void {
    this.#file.write(JSON.stringify(entries, undefined, 2) + "\n");
    this.#entries = entries;
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
