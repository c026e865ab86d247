/**
 * Saves as files on this device: download and upload. Both show what came of them, and never reject.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { isRefusal } from "../../../protocol/envelope.ts";
import { MAX_ASSET } from "../../../protocol/room_assets/asset.ts";
import { SAVE_TYPE, type SaveEntry } from "../../../protocol/saves/save.ts";
import { formatBytes } from "../../shared/format.ts";
import type { Toaster } from "../../shared/toast.tsx";
import { keepFile } from "../assets/keep_file.ts";
import { assetSentence, fileName } from "../assets/words.ts";
import type { MediaConnection } from "../media/media_connection.ts";
import { refusalToast } from "../words/refusals.ts";
import { saveTitle } from "./words.ts";

/** How long the worker may take to fetch a file and keep it, in milliseconds. */
const UPLOAD_LIMIT = 120_000;

interface TransferOptions {
  readonly clock: Clock;
  readonly media: Pick<MediaConnection, "room" | "assets">;
  readonly toaster: Toaster;
}

/** Whether this page can check what comes, which browsers allow on secure pages alone. */
export function canTransfer(): boolean {
  return isSecureContext;
}

/** Keeps a save as a file. `title`: of the game. */
export async function downloadSave(
  entry: SaveEntry,
  title: string,
  { clock, media, toaster }: TransferOptions,
): Promise<void> {
  const refused = new AbortController();
  const delivered = media.assets.delivered(SAVE_TYPE, refused.signal);
  const answer = await media.room.ask("save.download", { id: entry.id });
  if (isRefusal(answer)) {
    refused.abort();
    return toaster.refused(refusalToast(answer.error));
  }
  const fetched = await delivered;
  if ("failure" in fetched) return toaster.refused(assetSentence(fetched.failure));
  const name = fileName(`${title} ${saveTitle(entry)}`, { at: clock.epoch(), ending: "fpsave" });
  keepFile(new Blob([fetched.bytes], { type: SAVE_TYPE }), name, clock);
  toaster.done("The save is in your downloads.");
}

/** Sends a file of this device to the worker as a save. */
export async function uploadSave(
  file: Pick<File, "size" | "arrayBuffer">,
  { media, toaster }: Omit<TransferOptions, "clock">,
): Promise<void> {
  if (file.size < 1 || file.size > MAX_ASSET) {
    return toaster.refused(`This is no save: it has ${formatBytes(file.size)}.`);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const asset = await media.assets.hold({ bytes, type: SAVE_TYPE });
  const body = { asset, size: bytes.length };
  const answer = await media.room.ask("save.upload", body, { limit: UPLOAD_LIMIT });
  if (isRefusal(answer)) return toaster.refused(refusalToast(answer.error));
  toaster.done("The save is in the list.");
}
