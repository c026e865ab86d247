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
import type { Playback } from "../playback/playback.ts";
import type { Saves } from "./saves.ts";

/** A running app and the dependencies of its verbs. */
export interface Running {
  readonly app: App;
  readonly playback: Playback;
  readonly saves: Saves;
  readonly clock: Clock;
}

/** The response's payload when there is nothing to report. */
type Nothing = Record<never, never>;

/** Saves the app's state on the disk. `saved_at` in milliseconds since 1970. */
export async function save(
  { app, playback, saves, clock }: Running,
): Promise<{ saved_at: number; bytes: number } | RefusalPayload> {
  const saved = await playback.save();
  if ("error" in saved) return refuseFor("save.impossible", saved.error);
  const at = clock.epoch();
  try {
    return { saved_at: at, bytes: await saves.write(app.app_id, { state: saved.state, at }) };
  } catch (error) {
    return refuseFor("save.unwritable", whyNotKept(error));
  }
}

/** Loads the newest saved state of the app. */
export async function load({ app, playback, saves }: Running): Promise<Nothing | RefusalPayload> {
  try {
    const state = await saves.newest(app.app_id);
    if (!state) return await loadEarlier({ app, playback, saves });
    const { error } = await playback.load(state);
    return error ? refuseFor("save.unusable", error) : {};
  } catch (error) {
    return refuseFor("save.unreadable", errorText(error));
  }
}

/** Loads the first state that fits from the ids of earlier releases, in which several games could share an id. */
async function loadEarlier(
  { app, playback, saves }: Pick<Running, "app" | "playback" | "saves">,
): Promise<Nothing | RefusalPayload> {
  for (const id of app.earlier_ids ?? []) {
    for await (const state of saves.all(id)) {
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
