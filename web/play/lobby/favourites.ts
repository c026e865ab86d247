/**
 * The apps that a person marked as favourites on this device.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import * as z from "zod/mini";
import { errorText } from "../../../protocol/error_text.ts";
import { AppId } from "../../../protocol/ids.ts";

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

/** Storage that cannot be read counts as empty. When storage is full, the marks last until the page is closed. */
export function createFavourites(
  storage: () => Pick<Storage, "getItem" | "setItem">,
  warn: (text: string) => void = console.warn,
): Favourites {
  const list = signal<readonly AppId[]>(load(storage));
  return {
    list,
    toggle(app) {
      const others = list.value.filter((each) => each !== app);
      list.value = others.length < list.value.length ? others : [app, ...others].slice(0, MOST);
      try {
        storage().setItem(KEY, JSON.stringify(list.value));
      } catch (error) {
        warn(`Cannot keep the favourites: ${errorText(error)}`);
      }
    },
  };
}

function load(storage: () => Pick<Storage, "getItem">): readonly AppId[] {
  try {
    return Kept.safeParse(JSON.parse(storage().getItem(KEY) ?? "[]")).data?.slice(0, MOST) ?? [];
  } catch {
    return [];
  }
}
