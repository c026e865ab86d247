/**
 * The apps of which a worker keeps saves in a folder of its own: players who come back to one are sent here.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { AppId } from "../../protocol/ids.ts";
import { Latest } from "../ipc/latest.ts";

/** Most apps that are reported: as many as a library has. */
export const MOST_SAVED_APPS = 2_000;
/** Least time between two reports, in milliseconds: each has the whole list. */
export const REPORT_PERIOD = 1_000;

/** The apps with saves. One whose last save was removed stays until the worker starts anew. Disposing ends the reports. */
export class SavedApps implements Disposable {
  readonly #apps: Set<AppId>;
  readonly #reports: Latest<"apps">;
  /** Called when there is one more: at once, and once for all that come within {@linkcode REPORT_PERIOD} after that. */
  changed: (() => void) | undefined;

  constructor(clock: Clock, apps: Iterable<AppId> = []) {
    this.#reports = new Latest({ clock, period: REPORT_PERIOD, report: () => this.changed?.() });
    this.#apps = new Set([...apps].slice(0, MOST_SAVED_APPS));
  }

  /** All of them. */
  get all(): readonly AppId[] {
    return [...this.#apps];
  }

  /** Saves of this app were kept. */
  add(app: AppId): void {
    if (this.#apps.has(app) || this.#apps.size >= MOST_SAVED_APPS) return;
    this.#apps.add(app);
    this.#reports.changed("apps");
  }

  [Symbol.dispose](): void {
    this.#reports[Symbol.dispose]();
    this.changed = undefined;
  }
}

/** Reads them from the folder of saves, `HOLDER/APP/…`. What cannot be read counts as absent. */
export async function readSavedApps(folder: string, clock: Clock): Promise<SavedApps> {
  const apps = new Set<AppId>();
  for (const holder of await foldersIn(folder)) {
    for (const name of await foldersIn(`${folder}/${holder}`)) {
      const app = AppId.safeParse(name).data;
      if (app) apps.add(app);
    }
  }
  return new SavedApps(clock, apps);
}

async function foldersIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory && !name.startsWith(".")) names.push(name);
    }
  } catch {
    // A folder that is not there has none.
  }
  return names;
}
