/**
 * What can be played, as one list a wish. A list stays the same object until it really changes, so that telling
 * thousands of players whether it did costs one comparison each.
 *
 * @module
 */
import type { WorkerId, ZoneId } from "../../protocol/ids.ts";
import type { App } from "../../protocol/legs/room.ts";
import type { Workers } from "../workers.ts";

export interface LibraryWish {
  readonly zone?: ZoneId | undefined;
  readonly worker_id?: WorkerId | undefined;
}

interface Shelf {
  readonly apps: readonly App[];
  readonly text: string;
  fresh: boolean;
}

/** Wishes remembered; the one remembered longest makes room, and its players are told once too often. */
const MAX_SHELVES = 256;

export class Library {
  readonly #shelves = new Map<string, Shelf>();
  readonly #workers: Workers;

  constructor(workers: Workers) {
    this.#workers = workers;
  }

  /** Some worker came, went or told another library. */
  changed(): void {
    for (const shelf of this.#shelves.values()) shelf.fresh = false;
  }

  of(wish: LibraryWish): readonly App[] {
    const key = `${wish.zone ?? ""} ${wish.worker_id ?? ""}`;
    const known = this.#shelves.get(key);
    if (known?.fresh) return known.apps;
    const apps = this.#workers.apps(wish);
    const text = JSON.stringify(apps);
    const same = known?.text === text;
    this.#shelves.set(key, { apps: same ? known.apps : apps, text, fresh: true });
    if (this.#shelves.size > MAX_SHELVES) {
      this.#shelves.delete(this.#shelves.keys().next().value!);
    }
    return same ? known.apps : apps;
  }
}
