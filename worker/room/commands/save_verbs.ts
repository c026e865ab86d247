/**
 * The verbs about saves: the list that a person sees, its pictures, and changes of what belongs to the person.
 *
 * @module
 */
import { whyNotKept } from "../../../protocol/disk/storage_fault.ts";
import { type RefusalPayload, refuseFor } from "../../../protocol/envelope.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import { pack } from "../../../protocol/msgpack.ts";
import type { Verb } from "../../../protocol/room_commands/verbs.ts";
import { type SaveEntry, SAVES_A_PAGE } from "../../../protocol/saves/save.ts";
import { SavesFull } from "../../saves/bounds.ts";
import { watchedSaves } from "../../saves/watched_saves.ts";
import { type Running, unknownSave } from "../verbs.ts";
import type { VerbHandlers } from "./ports.ts";

/** Most bytes of the saves in one answer, so that it fits a message. */
const MAX_SAVES_BYTES = 3_900;

type SaveVerb = "save.list" | "save.picture" | "save.rename" | "save.remove";

/** What runs, for a session that may do a verb. */
type FindRunning = (session: SessionId, verb: Verb) => Running | RefusalPayload;

/** The same; `changed` is called after a session has changed saves. */
export function reporting(running: FindRunning, changed: (by: SessionId) => void): FindRunning {
  return (session, verb) => {
    const found = running(session, verb);
    if ("error" in found) return found;
    return { ...found, saves: watchedSaves(found.saves, () => changed(session)) };
  };
}

/** Makes the handlers. `running`: the app and the saves of a session that may do the verb. */
export function saveVerbs(
  running: (session: SessionId, verb: SaveVerb) => Running | RefusalPayload,
): Pick<VerbHandlers, SaveVerb> {
  /** Runs `act`; what the store throws is a refusal. */
  async function run<A extends object>(
    [session, verb]: [SessionId, SaveVerb],
    act: (running: Running) => Promise<A | RefusalPayload>,
  ): Promise<A | RefusalPayload> {
    const app = running(session, verb);
    if ("error" in app) return app;
    try {
      return await act(app);
    } catch (error) {
      const code = error instanceof SavesFull ? "save.full" : "save.unwritable";
      return refuseFor(code, whyNotKept(error));
    }
  }
  return {
    "save.list": (session, { after }) =>
      run([session, "save.list"], async ({ app, saves }) => {
        const all = await saves.list(app.app_id);
        const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
        const page = firstPage(all.slice(from));
        return { saves: page, more: from + page.length < all.length };
      }),
    "save.picture": (session, { id }) =>
      run([session, "save.picture"], async ({ app, saves }) => {
        const picture = await saves.picture(app.app_id, id);
        return picture ? { picture: new Uint8Array(picture) } : unknownSave();
      }),
    "save.rename": (session, { id, name }) =>
      run(
        [session, "save.rename"],
        async ({ app, saves }) => await saves.rename(app.app_id, id, name) ? {} : unknownSave(),
      ),
    "save.remove": (session, { id }) =>
      run(
        [session, "save.remove"],
        async ({ app, saves }) => await saves.remove(app.app_id, id) ? {} : unknownSave(),
      ),
  };
}

/** As many of these as one answer takes: at least one. */
function firstPage(saves: readonly SaveEntry[]): SaveEntry[] {
  const page = saves.slice(0, SAVES_A_PAGE);
  while (page.length > 1 && pack(page).length > MAX_SAVES_BYTES) page.pop();
  return page;
}
