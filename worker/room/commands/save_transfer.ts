/**
 * The verbs that carry saves between a worker and a person's device, on the channel `assets`.
 *
 * @module
 */
import { whyNotKept } from "../../../protocol/disk/storage_fault.ts";
import { type RefusalPayload, refuse, refuseFor } from "../../../protocol/envelope.ts";
import { errorText } from "../../../protocol/error_text.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import { type AssetFailure, MAX_ASSET } from "../../../protocol/room_assets/asset.ts";
import { SAVE_TYPE } from "../../../protocol/saves/save.ts";
import { SavesFull } from "../../saves/bounds.ts";
import { whyForeign } from "../../saves/core_check.ts";
import { openSave } from "../../saves/save_file.ts";
import type { RoomAssets } from "../assets/room_assets.ts";
import { type Running, unknownSave } from "../verbs.ts";
import type { VerbHandlers } from "./ports.ts";

type TransferVerb = "save.download" | "save.upload";

/** A save of another app or core. */
class Foreign extends Error {}

/** Uploads of a room at once, each of another person. */
const MOST_UPLOADS = 2;
/** The longest that an upload may take until it is there, in milliseconds: a page waits no longer. */
const UPLOAD_LIMIT = 120_000;

const FAILURES: Readonly<Record<AssetFailure, string>> = {
  unknown: "The page does not have the file any more",
  range: "The page sent other parts than it was asked for",
  busy: "Too many files are on their way",
  size: "The file does not have the size that was said, or is too large",
  hash: "The file is not the one that was named",
  lost: "The file did not come in time",
};

/**
 * Makes the handlers. `running`: the app and the saves of a session that may do the verb; `isHere`: whether the session
 * is still in the room.
 */
export function saveTransferVerbs(
  running: (session: SessionId, verb: TransferVerb) => Running | RefusalPayload,
  assets: Pick<RoomAssets, "deliver" | "fetch">,
  isHere: (session: SessionId) => boolean,
): Pick<VerbHandlers, TransferVerb> {
  const uploading = new Set<SessionId>();

  async function upload(
    session: SessionId,
    { app, playback, saves, clock }: Running,
    { asset, size }: Parameters<VerbHandlers["save.upload"]>[1],
  ): Promise<Awaited<ReturnType<VerbHandlers["save.upload"]>>> {
    const fetched = await assets.fetch(session, {
      ...{ asset, size, most: MAX_ASSET },
      within: UPLOAD_LIMIT,
    });
    if ("failure" in fetched) return refuse("asset.failed", FAILURES[fetched.failure]);
    let save: Awaited<ReturnType<typeof openSave>>;
    try {
      // Before the state is unpacked, which takes time.
      save = await openSave(fetched.bytes, (head) => {
        const foreign = head?.app === app.app_id
          ? whyForeign(head.core, playback.info?.core)
          : "Another game made it";
        if (foreign !== undefined) throw new Foreign(foreign);
      });
    } catch (error) {
      const code = error instanceof Foreign ? "save.foreign" : "save.unreadable";
      return refuseFor(code, errorText(error));
    }
    const { head, picture, packed } = save;
    const { name, core } = head ?? {};
    try {
      return await saves.write(app.app_id, { packed, at: clock.epoch(), name, picture, core });
    } catch (error) {
      const code = error instanceof SavesFull ? "save.full" : "save.unwritable";
      return refuseFor(code, whyNotKept(error));
    }
  }

  return {
    "save.download": async (session, { id }) => {
      const app = running(session, "save.download");
      if ("error" in app) return app;
      try {
        const file = await app.saves.file(app.app.app_id, id);
        if (!file) return unknownSave();
        if (file.length > MAX_ASSET) return refuse("too_large", "The save is too large to be sent");
        // A person who has left meanwhile has no channel any more.
        if (isHere(session)) {
          await assets.deliver(session, { bytes: new Uint8Array(file), type: SAVE_TYPE });
        }
        return {};
      } catch (error) {
        return refuseFor("save.unreadable", errorText(error));
      }
    },
    "save.upload": async (session, body) => {
      const app = running(session, "save.upload");
      if ("error" in app) return app;
      const isBusy = uploading.size >= MOST_UPLOADS || uploading.has(session);
      if (isBusy) return refuse("busy", FAILURES.busy);
      uploading.add(session);
      try {
        return await upload(session, app, body);
      } finally {
        uploading.delete(session);
      }
    },
  };
}
