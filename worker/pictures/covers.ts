/**
 * Makes the covers of a library, one at a time and only while nobody plays here: a room that opens ends the one that is
 * being made, which is made again later.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { whyNotKept } from "../../protocol/disk/storage_fault.ts";
import type { AppId } from "../../protocol/ids.ts";
import type { App } from "../../protocol/legs/room.ts";
import type { Log } from "../../protocol/log.ts";
import type { SteppedSpec } from "../sources/ports.ts";
import { type CoverFolder, MOST_COVERS } from "./cover_folder.ts";
import type { CoverProcess, MadeCover, StartCover } from "./cover_process.ts";

/** How often a game waits for the worker to be at rest, and the time between two covers, in milliseconds. */
export const REST = 2_000;
/** New covers are reported this much later at most, together, in milliseconds: the whole library is sent for them. */
export const REPORT_AFTER = 10_000;

/** A game of the library. */
export interface Game {
  readonly app: Pick<App, "app_id" | "title" | "unavailable">;
  readonly spec: SteppedSpec;
}

/** What covers are made with. */
export interface CoversOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly folder: Pick<CoverFolder, "has" | "nameOf" | "keep">;
  readonly start: StartCover;
  /** See `game_key.ts`. */
  readonly keyOf: (spec: SteppedSpec) => Promise<string | undefined>;
  /** Whether nobody plays on this worker. */
  readonly isAtRest: () => boolean;
  /** There are covers that were not there before. */
  readonly changed: () => void;
}

/** The covers of a worker's games. Disposing ends the one that is being made. */
export class Covers implements Disposable {
  readonly #options: CoversOptions;
  readonly #keys = new Map<AppId, string>();
  /** Keys of games that could not be run since the worker was started. */
  readonly #failed = new Set<string>();
  #queue: readonly Game[] = [];
  #making: CoverProcess | undefined;
  #next: Disposable | undefined;
  #reporting: Disposable | undefined;
  #state: "idle" | "working" | "closed" = "idle";

  constructor(options: CoversOptions) {
    this.#options = options;
  }

  /** The name under which the cover of an app is served; `undefined` while it has none. */
  nameOf(app: AppId): string | undefined {
    const key = this.#keys.get(app);
    return key === undefined ? undefined : this.#options.folder.nameOf(key);
  }

  /** These are the games from now on. */
  follow(games: readonly Game[]): void {
    if (this.#state === "closed") return;
    const playable = games.filter(({ app }) => app.unavailable === undefined).slice(0, MOST_COVERS);
    const ids = new Set(playable.map(({ app }) => app.app_id));
    for (const id of [...this.#keys.keys()]) if (!ids.has(id)) this.#keys.delete(id);
    this.#queue = playable;
    if (this.#state === "idle") this.#after(REST);
  }

  /** Somebody starts to play: the cover that is being made waits. */
  yield(): void {
    this.#making?.[Symbol.dispose]();
    this.#making = undefined;
  }

  [Symbol.dispose](): void {
    this.#state = "closed";
    this.#next?.[Symbol.dispose]();
    this.#reporting?.[Symbol.dispose]();
    this.yield();
  }

  #after(delay: number): void {
    if (this.#state === "closed") return;
    this.#state = "working";
    this.#next = this.#options.clock.after(delay, () => void this.#turn());
  }

  /** Looks at one game. Never rejects. */
  async #turn(): Promise<void> {
    const game = this.#queue[0];
    if (!game) {
      this.#state = "idle";
      return this.#report(0);
    }
    const { keyOf, isAtRest, folder } = this.#options;
    if (!isAtRest()) return this.#after(REST);
    const key = await keyOf(game.spec);
    if (this.#state === "closed") return;
    if (key !== undefined) this.#keys.set(game.app.app_id, key);
    if (key === undefined || folder.has(key) || this.#failed.has(key)) {
      if (this.nameOf(game.app.app_id) !== undefined) this.#report(REPORT_AFTER);
      this.#done(game);
      return this.#after(0);
    }
    if (isAtRest()) await this.#make(game, key);
    this.#after(REST);
  }

  async #make(game: Game, key: string): Promise<void> {
    const { log, start } = this.#options;
    const making = this.#making = start(game.spec);
    const made = await making.made;
    if (this.#making !== making) return;
    this.#making = undefined;
    this.#done(game);
    const { app_id: app } = game.app;
    if ("failed" in made) {
      log.warn("no cover", { app, why: made.failed });
      this.#failed.add(key);
      return;
    }
    if ("none" in made) log.info("no cover", { app, why: made.none });
    await this.#keep(key, made);
  }

  async #keep(key: string, made: Exclude<MadeCover, { readonly failed: string }>): Promise<void> {
    const used = new Set(this.#keys.values());
    try {
      const jpeg = "jpeg" in made ? made.jpeg : undefined;
      await this.#options.folder.keep(key, jpeg, (each) => used.has(each));
      if (jpeg) this.#report(REPORT_AFTER);
    } catch (error) {
      // The others would be made for nothing.
      this.#queue = [];
      this.#options.log.warn("no covers are made: they cannot be kept", { why: whyNotKept(error) });
    }
  }

  #done(game: Game): void {
    this.#queue = this.#queue.filter((each) => each !== game);
  }

  /** Reports new covers after `delay` at the latest. A delay of zero reports those that wait. */
  #report(delay: number): void {
    if (delay > 0) {
      this.#reporting ??= this.#options.clock.after(delay, () => this.#report(0));
      return;
    }
    if (!this.#reporting) return;
    this.#reporting[Symbol.dispose]();
    this.#reporting = undefined;
    if (this.#state !== "closed") this.#options.changed();
  }
}
