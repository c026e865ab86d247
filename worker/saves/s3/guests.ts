/**
 * Bounds what a bucket keeps of people without an account. The workers of a bucket take turns: one at a time looks at
 * those saves, page by page, and notes in the bucket when it did and how many such people it found. Two that look at
 * once, because neither saw the other's note, remove the same files.
 *
 * @module
 */
import * as z from "zod/mini";
import { type Clock, sleep } from "../../../protocol/clock.ts";
import { newId } from "../../../protocol/ids.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import { GUESTS_KEPT, isGuest, tooManyGuests } from "../../sources/owner_folders.ts";
import type { SaveStore, StoredFile } from "../ports.ts";
import type { S3Store } from "./store.ts";
import {
  isIdle,
  lastChange,
  type Owner,
  surplusGuests,
  surplusOf,
  surplusSessions,
} from "./surplus.ts";

/** Time between two looks of one worker, in milliseconds; each is up to a quarter shorter or longer. */
export const LOOK_PERIOD = 3_600_000;
/** A look that another worker began within this time counts, in milliseconds. */
const FRESH = LOOK_PERIOD / 2;
/** Most time before a worker's first look, in milliseconds. */
const FIRST_LOOK = LOOK_PERIOD / 6;
/** How long a worker waits for the note of another one that begins at the same time, in milliseconds. */
const CLAIM = 5_000;
/** Time between two requests, in milliseconds. */
export const PAUSE = 100;
/** Files that one look removes at most; the next one goes on. */
export const MOST_REMOVED = 5_000;
/** Owners whose saves are looked at: browsers, share links and sessions. */
const PREFIXES = ["brw_", "shr_", "ses_"];
/** No owner has this folder. */
const NOTES = "farpad/";
const NOTE = `${NOTES}guests.json`;

/** What a worker notes in the bucket. `guests`: how many people without an account have saves. */
const Note = z.object({ by: z.string(), guests: z.int().check(z.nonnegative()) });
type Note = z.infer<typeof Note>;

interface GuestPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: S3Store;
}

/** Looks at the saves of people without an account until it is disposed. */
export class Guests implements Disposable {
  readonly #ports: GuestPorts;
  /** People who are known to have saves, while there are so many that further ones are refused. */
  readonly #known = new Set<string>();
  #count = 0;
  #next: Disposable;
  #isOver = false;
  #hasFailed = false;

  constructor(ports: GuestPorts) {
    this.#ports = ports;
    this.#next = ports.clock.after(ports.random.unit() * FIRST_LOOK, () => void this.#tick());
  }

  /** The store for a further client, which refuses the saves of a further person when there are {@linkcode GUESTS_KEPT}. */
  bounded(): SaveStore {
    const store = this.#ports.store.forClient();
    return {
      get: (key, options) => store.get(key, options),
      list: (prefix) => store.list(prefix),
      remove: (key) => store.remove(key),
      put: async (key, bytes) => {
        const [owner = ""] = key.split("/");
        if (this.#count >= GUESTS_KEPT && isGuest(owner)) await this.#checkKnown(store, owner);
        await store.put(key, bytes);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#next[Symbol.dispose]();
  }

  async #checkKnown(store: SaveStore, owner: string): Promise<void> {
    if (this.#known.has(owner)) return;
    const files = await store.list(`${owner}/`);
    if (files.length === 0) throw tooManyGuests();
    this.#known.add(owner);
  }

  async #tick(): Promise<void> {
    const { clock, random, log } = this.#ports;
    try {
      await this.#look();
      if (this.#hasFailed) log.info("saves of people without an account are looked at again");
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) log.warn("saves of people without an account not looked at", { error });
      this.#hasFailed = true;
    }
    if (this.#isOver) return;
    const period = LOOK_PERIOD * (0.75 + random.unit() / 2);
    this.#next = clock.after(period, () => void this.#tick());
  }

  async #look(): Promise<void> {
    const { clock } = this.#ports;
    const written = await this.#writtenAt();
    const note = written === undefined ? undefined : await this.#note();
    this.#takeCount(note?.guests ?? 0);
    if (written !== undefined && Math.abs(clock.epoch() - written) < FRESH) return;
    const by = newId(this.#ports);
    await this.#write({ by, guests: this.#count });
    // Ages count by the clock of the store, which dates the files: that of this machine may be wrong.
    const now = await this.#writtenAt();
    await sleep(clock, CLAIM);
    if (now === undefined || this.#isOver || (await this.#note())?.by !== by) return;
    const guests = await this.#tidy(now);
    if (guests === undefined) return;
    this.#takeCount(guests);
    await this.#write({ by, guests });
  }

  /** Removes what is too many; returns how many people without an account have saves. `undefined`: it was ended. */
  async #tidy(now: number): Promise<number | undefined> {
    const guests: Owner[] = [];
    const sessions: Owner[] = [];
    let removed = 0;
    const remove = async (keys: readonly string[]): Promise<void> => {
      for (const key of keys.slice(0, MOST_REMOVED - removed)) {
        if (this.#isOver) return;
        await this.#ports.store.remove(key);
        removed += 1;
        await sleep(this.#ports.clock, PAUSE);
      }
    };
    for await (const { name, files } of this.#owners()) {
      if (this.#isOver) return undefined;
      const keys = surplusOf(name, files, now);
      await remove(keys);
      if (keys.length === files.length) continue;
      (isGuest(name) ? guests : sessions).push({ name, changed: lastChange(files, now) });
    }
    let gone = 0;
    for (const name of surplusGuests(guests, now)) {
      if (this.#isOver || removed >= MOST_REMOVED) break;
      const files = await this.#ports.store.list(`${name}/`);
      // Whoever has saved since the pages were read stays.
      if (!isIdle(lastChange(files, now), now)) continue;
      if (removed + files.length <= MOST_REMOVED) gone += 1;
      await remove(files.map(({ key }) => key));
    }
    for (const name of surplusSessions(sessions)) {
      await remove((await this.#ports.store.list(`${name}/`)).map(({ key }) => key));
    }
    if (removed > 0) {
      this.#ports.log.info("saves of people without an account removed", { removed });
    }
    return guests.length - gone;
  }

  /** The owners without an account, each with all files; one at a time is held in memory. */
  async *#owners(): AsyncGenerator<{ readonly name: string; readonly files: StoredFile[] }> {
    for (const prefix of PREFIXES) {
      let files: StoredFile[] = [];
      let name = "";
      let last = "";
      for await (const page of this.#ports.store.pages(prefix)) {
        for (const file of page) {
          // Of files in no order, the newest of an owner could come after its old ones were removed.
          if (file.key <= last) throw new Error("The store of saves lists its files in no order");
          last = file.key;
          const [owner = ""] = file.key.split("/");
          if (owner !== name && files.length > 0) {
            yield { name, files };
            files = [];
          }
          name = owner;
          files.push(file);
        }
        await sleep(this.#ports.clock, PAUSE);
        if (this.#isOver) return;
      }
      if (files.length > 0) yield { name, files };
    }
  }

  /** When the note was written, by the clock of the store. */
  async #writtenAt(): Promise<number | undefined> {
    const files = await this.#ports.store.list(NOTES);
    return files.find(({ key }) => key === NOTE)?.changed;
  }

  async #note(): Promise<Note | undefined> {
    const bytes = await this.#ports.store.get(NOTE);
    if (!bytes) return undefined;
    try {
      return Note.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
    } catch {
      return undefined;
    }
  }

  async #write(note: Note): Promise<void> {
    await this.#ports.store.put(NOTE, new TextEncoder().encode(JSON.stringify(note)));
  }

  #takeCount(guests: number): void {
    this.#count = guests;
    this.#known.clear();
  }
}
