/**
 * The requests of a player to a running app: save, load, reset. Each resolves with the response's payload or a refusal.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { whyNotKept } from "../../protocol/disk/storage_fault.ts";
import { type RefusalPayload, refuse, refuseFor } from "../../protocol/envelope.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { App } from "../../protocol/legs/room.ts";
import type { SaveId } from "../../protocol/saves/save.ts";
import type { Playback } from "../playback/playback.ts";
import { SavesFull } from "../saves/bounds.ts";
import { whyForeign } from "../saves/core_check.ts";
import type { Saves } from "../saves/saves.ts";

/** A running app and the dependencies of its verbs. */
export interface Running {
  readonly app: App;
  readonly playback: Playback;
  readonly saves: Saves;
  readonly clock: Clock;
  /** Why the person may not do it any more: reading a save takes time. */
  readonly whyNot?: () => RefusalPayload | undefined;
}

/** The response's payload when there is nothing to report. */
type Nothing = Record<never, never>;

/** Keeps the app's state, with `name` or among the newest. `saved_at` in milliseconds since 1970. */
export async function save(
  { app, playback, saves, clock }: Running,
  name?: string,
): Promise<{ saved_at: number; bytes: number; id: SaveId } | RefusalPayload> {
  const saved = await playback.save({ picture: true });
  if ("error" in saved) return refuseFor("save.impossible", saved.error);
  const at = clock.epoch();
  const core = playback.info?.core;
  try {
    return { saved_at: at, ...await saves.write(app.app_id, { ...saved, at, name, core }) };
  } catch (error) {
    const code = error instanceof SavesFull ? "save.full" : "save.unwritable";
    return refuseFor(code, whyNotKept(error));
  }
}

/** The load of each app that is going on, or the last one. */
const loads = new WeakMap<Playback, Promise<unknown>>();

/**
 * Loads a save of the app, the newest without an `id`, unless the person has lost the right meanwhile. One load of a room
 * begins when the one before has ended: each may hold more than a hundred megabytes.
 */
export function load(running: Running, id?: SaveId): Promise<Nothing | RefusalPayload> {
  const { playback } = running;
  const loading = (loads.get(playback) ?? Promise.resolve()).then(() => loadNow(running, id));
  loads.set(playback, loading);
  return loading;
}

/** As {@linkcode load}, at once. Refuses, and throws nothing. */
async function loadNow(running: Running, id?: SaveId): Promise<Nothing | RefusalPayload> {
  const { app, playback, saves, whyNot = () => undefined } = running;
  const lost = whyNot();
  if (lost) return lost;
  try {
    const found = id === undefined
      ? await saves.newest(app.app_id)
      : await saves.load(app.app_id, id);
    if (!found) return id === undefined ? await loadEarlier(running) : unknownSave();
    const foreign = whyForeign(found.head?.core, playback.info?.core);
    if (foreign !== undefined) return refuseFor("save.foreign", foreign);
    if (found.head && found.head.app !== app.app_id) {
      return refuseFor("save.foreign", "Another game made it");
    }
    const refusal = whyNot();
    if (refusal) return refusal;
    const { error } = await playback.load(found.state);
    return error ? refuseFor("save.unusable", error) : {};
  } catch (error) {
    return refuseFor("save.unreadable", errorText(error));
  }
}

/** The refusal of an id that names no save, or one that the session may not change. */
export function unknownSave(): RefusalPayload {
  return refuse("save.unknown", "There is no such save, or it belongs to somebody else");
}

/** Loads the first state that fits from the ids of earlier releases, in which several games could share an id. */
async function loadEarlier(
  { app, playback, saves, whyNot }: Running,
): Promise<Nothing | RefusalPayload> {
  for (const id of app.earlier_ids ?? []) {
    for await (const { state } of saves.all(id)) {
      const refusal = whyNot?.();
      if (refusal) return refusal;
      const { error } = await playback.load(state);
      if (!error) return {};
    }
  }
  return refuse("save.none", `There is no saved state of ${app.title} here`);
}

/** Restarts the app. */
export async function reset({ playback }: Running): Promise<Nothing | RefusalPayload> {
  const { error } = await playback.reset();
  return error ? refuseFor("reset.impossible", error) : {};
}
