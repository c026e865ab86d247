/**
 * The apps that a person marked as favourites on this device.
 *
 * @module
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import * as z from "zod/mini";
import { AppId } from "../../../protocol/ids.ts";
import { type KeptStorage, openKept } from "../kept_value.ts";

const KEY = "farpad.favourites";
/** At most this many are kept; the oldest is removed. */
const MOST = 500;
const Kept = z.array(AppId);

/** The favourites, the newest first. */
export interface Favourites {
  readonly list: ReadonlySignal<readonly AppId[]>;
  /** Marks an app, or removes its mark. */
  toggle(app: AppId): void;
}

/** The favourites that this browser keeps. */
export function createFavourites(
  storage: KeptStorage,
  warn?: (text: string) => void,
): Favourites {
  const name = "the favourites";
  const kept = openKept<AppId[]>({ key: KEY, schema: Kept, usual: () => [], name, storage, warn });
  return {
    list: computed(() => kept.signal.value.slice(0, MOST)),
    toggle(app) {
      const list = kept.signal.value;
      const others = list.filter((each) => each !== app);
      kept.set(others.length < list.length ? others : [app, ...others].slice(0, MOST));
    },
  };
}
