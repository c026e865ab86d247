/**
 * The library of each wish and right: the list of apps that a player with this wish and pass can play. A list stays the
 * same object until its content changes, so one comparison for each player shows whether the player needs a new list.
 *
 * @module
 */
import type { WorkerId, ZoneId } from "../../protocol/ids.ts";
import type { App } from "../../protocol/legs/room.ts";
import type { Pass } from "../domain/pass.ts";
import type { Workers } from "../workers.ts";
import type { Rights } from "./rights.ts";

/** The part of a player's wish that selects the workers whose apps are listed. */
export interface LibraryWish {
  readonly zone?: ZoneId | undefined;
  readonly worker_id?: WorkerId | undefined;
  readonly pass: Pass;
}

/** The dependencies of {@linkcode Library}. */
export interface LibraryPorts {
  readonly workers: Workers;
  readonly rights: Rights;
  /** The live pictures that start when a player opens them. */
  readonly offers: { readonly apps: readonly App[] };
}

interface CachedList {
  readonly apps: readonly App[];
  /** The apps as JSON, to compare by content. */
  readonly text: string;
  /** False when the workers' libraries changed since the list was made. */
  fresh: boolean;
}

/**
 * Most lists kept. A new list beyond that replaces the oldest one; the players of the replaced list then get it once
 * more although it did not change.
 */
const MAX_LISTS = 256;

/** Makes the list of apps for each wish and keeps it until the apps change. */
export class Library {
  readonly #lists = new Map<string, CachedList>();
  readonly #ports: LibraryPorts;

  constructor(ports: LibraryPorts) {
    this.#ports = ports;
  }

  /** Marks all lists as outdated: a worker connected, disconnected or reported another library, or the offers changed. */
  changed(): void {
    for (const list of this.#lists.values()) list.fresh = false;
  }

  /** The apps that a player with this wish can play; the same object while they do not change. */
  of(wish: LibraryWish): readonly App[] {
    const { zone, worker_id, pass } = wish;
    const key = JSON.stringify([zone, worker_id, pass.openings]);
    const known = this.#lists.get(key);
    if (known?.fresh) return known.apps;
    const { workers, rights, offers } = this.#ports;
    const ofWorkers = workers.apps({ zone, worker_id });
    const others = offers.apps.filter(({ app_id }) =>
      !ofWorkers.some((app) => app.app_id === app_id)
    );
    const apps = rights.visible(pass, [...ofWorkers, ...others]);
    const text = JSON.stringify(apps);
    const same = known?.text === text;
    this.#lists.set(key, { apps: same ? known.apps : apps, text, fresh: true });
    if (this.#lists.size > MAX_LISTS) {
      this.#lists.delete(this.#lists.keys().next().value!);
    }
    return same ? known.apps : apps;
  }
}
