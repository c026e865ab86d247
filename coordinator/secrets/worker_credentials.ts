/**
 * The credentials with which workers connect: those that the coordinator made, and those that the launcher passes in.
 * A credential belongs to one worker id. Only the SHA-256 of a made credential is stored; it has 256 random bits, so a
 * slow hash would not make it safer.
 *
 * The file is read at every use, so a command that changes it takes effect on a running coordinator.
 *
 * @module
 */
import { timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../../protocol/clock.ts";
import { WorkerId } from "../../protocol/ids.ts";
import { hashCredential } from "../../protocol/legs/worker_proof.ts";
import { type Random, randomHex } from "../../protocol/random.ts";

const Entries = z.array(z.object({
  worker_id: WorkerId,
  sha256: z.string().length(64),
  /** Milliseconds since 1970. */
  created_at: z.number(),
}));
/** A stored credential: its worker and its SHA-256, in hex. */
export type CredentialEntry = z.infer<typeof Entries>[number];

/** The file that stores the entries. */
export interface CredentialFile {
  /** The file's text; `undefined` when there is no file. */
  read(): string | undefined;
  /** Resolves when the text is on the medium. */
  write(text: string): Promise<void>;
}

/** The worker that a credential belongs to; `undefined` when it belongs to none. */
export type CredentialOwner = WorkerId | undefined;

/** The credentials of workers. */
export class WorkerCredentials {
  readonly #file: CredentialFile;
  readonly #clock: Clock;
  readonly #random: Random;
  /** The workers of credentials that were passed in, by hash; `undefined` until one is used. */
  readonly #passed: Map<string, CredentialOwner>;
  /** The entries when the file could be read last. */
  #newest: readonly CredentialEntry[];
  #changing: Promise<void> = Promise.resolve();

  /**
   * `passed`: credentials that are valid until the process ends and are not stored. Each belongs to the first worker
   * that uses it.
   *
   * @throws {TypeError} when the file exists and contains no list of entries
   */
  constructor(
    { file, passed, clock, random }: {
      file: CredentialFile;
      passed: readonly string[];
      clock: Clock;
      random: Random;
    },
  ) {
    this.#file = file;
    this.#clock = clock;
    this.#random = random;
    this.#passed = new Map(passed.map((credential) => [hashCredential(credential), undefined]));
    this.#newest = this.list();
  }

  /**
   * The stored credentials, oldest first.
   *
   * @throws {TypeError} when the file contains no list of entries
   */
  list(): readonly CredentialEntry[] {
    return parse(this.#file.read());
  }

  /**
   * Makes a credential for a worker. It is shown once, because only its hash is stored. `undefined` when the worker has
   * one already.
   *
   * @throws the file system's error; then the credential does not exist
   */
  async mint(worker: WorkerId): Promise<string | undefined> {
    const credential = `fpw_${randomHex(this.#random, 32)}`;
    const created_at = this.#clock.epoch();
    const isMade = await this.#change((entries) =>
      entries.some(({ worker_id }) => worker_id === worker)
        ? undefined
        : [...entries, { worker_id: worker, sha256: hashCredential(credential), created_at }]
    );
    return isMade ? credential : undefined;
  }

  /**
   * Revokes the credential of a worker; false when it had none.
   *
   * @throws the file system's error; then the credential stays valid
   */
  async revoke(worker: WorkerId): Promise<boolean> {
    return await this.#change((entries) => {
      const rest = entries.filter(({ worker_id }) => worker_id !== worker);
      return rest.length < entries.length ? rest : undefined;
    });
  }

  /**
   * The worker that may connect with this credential. `worker` is the one that shows it: it becomes the owner of a
   * credential that was passed in and not used before. The check takes the same time whichever entry is equal. A file
   * that a person broke meanwhile changes nothing.
   */
  ownerOf(credential: string, worker: WorkerId): CredentialOwner {
    const shown = hashCredential(credential);
    try {
      this.#newest = this.list();
    } catch {
      // `list` reports the fault to whoever changes the entries.
    }
    const made = this.#newest.filter(({ sha256 }) => isSame(sha256, shown));
    if (made[0]) return made[0].worker_id;
    const [passed] = [...this.#passed.keys()].filter((hash) => isSame(hash, shown));
    if (passed === undefined) return undefined;
    const owner = this.#passed.get(passed) ?? worker;
    this.#passed.set(passed, owner);
    return owner;
  }

  /** Changes the entries, one change after the other. False when `change` left them as they are. */
  #change(
    change: (entries: readonly CredentialEntry[]) => readonly CredentialEntry[] | undefined,
  ): Promise<boolean> {
    const changed = this.#changing.then(async () => {
      const entries = change(this.list());
      if (entries) await this.#file.write(JSON.stringify(entries, undefined, 2) + "\n");
      return entries !== undefined;
    });
    this.#changing = changed.then(() => {}, () => {});
    return changed;
  }
}

function isSame(known: string, shown: string): boolean {
  return timingSafeEqual(Buffer.from(known), Buffer.from(shown));
}

function parse(text: string | undefined): readonly CredentialEntry[] {
  if (text === undefined) return [];
  try {
    return Entries.parse(JSON.parse(text));
  } catch (cause) {
    const message = "Cannot read worker_credentials.json: it is not a list of " +
      "{ worker_id, sha256, created_at }. Correct it or remove it";
    throw new TypeError(message, { cause });
  }
}
