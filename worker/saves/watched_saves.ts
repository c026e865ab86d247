/**
 * Saves that report their changes.
 *
 * @module
 */
import type { AppId } from "../../protocol/ids.ts";
import type { Saves } from "./saves.ts";

/** The same saves; `changed` is called after each change of an app's saves. */
export function watchedSaves(saves: Saves, changed: (app: AppId) => void): Saves {
  const after = async <T>(app: AppId, change: Promise<T>): Promise<T> => {
    const result = await change;
    if (result !== false) changed(app);
    return result;
  };
  return {
    ...saves,
    write: (app, save) => after(app, saves.write(app, save)),
    rename: (app, id, name) => after(app, saves.rename(app, id, name)),
    remove: (app, id) => after(app, saves.remove(app, id)),
    writeRoom: (app, room, save) => after(app, saves.writeRoom(app, room, save)),
  };
}
