/**
 * Shelves, systems and search of the library.
 *
 * @module
 */
import type * as z from "zod/mini";
import type { AppId } from "../../../protocol/ids.ts";
import type { App as AppSchema } from "../../../protocol/legs/room.ts";

/** An app of the library. */
export type App = z.infer<typeof AppSchema>;
/** A shelf: each kind of app has one, and so have the vehicles among the live pictures. */
export type Shelf = App["kind"] | "drive";

/** The shelves in the order of the page. */
export const SHELVES: readonly { readonly kind: Shelf; readonly name: string }[] = [
  { kind: "game", name: "Games" },
  { kind: "desktop", name: "Desktop" },
  { kind: "live", name: "Live" },
  { kind: "drive", name: "Drive" },
];

/** The shelf that an app stands on. */
function shelfOf({ kind, vehicle }: App): Shelf {
  return vehicle ? "drive" : kind;
}

/** The part of the library to show. */
export interface Filter {
  readonly kind: Shelf;
  readonly system: string | undefined;
  readonly search: string;
  /** The apps to choose from; all when absent. */
  readonly among?: readonly AppId[] | undefined;
}

/** Every word of the search must be found in title or system; case and accents do not matter. */
export function findApps(
  apps: readonly App[],
  { kind, system, search, among }: Filter,
): readonly App[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return apps
    .filter((app) => words.length > 0 || shelfOf(app) === kind)
    .filter((app) => words.length > 0 || system === undefined || app.system === system)
    .filter(({ app_id }) => words.length > 0 || among === undefined || among.includes(app_id))
    .filter((app) => {
      const text = plain(`${app.title} ${app.system}`);
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) =>
      Number(a.unavailable !== undefined) - Number(b.unavailable !== undefined) ||
      a.title.localeCompare(b.title)
    );
}

/** The systems on a shelf, by how much there is of each. */
export function systemsOf(apps: readonly App[], kind: Shelf): readonly string[] {
  const counts = new Map<string, number>();
  for (const app of apps) {
    if (shelfOf(app) === kind) counts.set(app.system, (counts.get(app.system) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) =>
    name
  );
}

/** The shelves that have something on them; always at least the first. */
export function shelvesOf(apps: readonly App[]): typeof SHELVES {
  const filled = SHELVES.filter(({ kind }) => apps.some((app) => shelfOf(app) === kind));
  return filled.length === 0 ? SHELVES.slice(0, 1) : filled;
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
