/**
 * Which files may be sent, and how FFmpeg opens them. The operator names the file, and it may come from a stranger, so
 * neither its name nor its content may decide what else is read: the path ends in the media folder after every link is
 * followed, and FFmpeg opens this file alone, as a video. Playlists and scripts (HLS, DASH, concat, SDP) name other
 * addresses, and FFmpeg recognises them by their content, whatever the file is called.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { hasControls } from "../../protocol/addresses/authority.ts";
import { errorText } from "../../protocol/error_text.ts";

/** Names of files that are listed. */
export const MEDIA_FILE = /\.(mp4|m4v|mov|mkv|webm|ts|mts|m2ts|avi|flv)$/i;

/** FFmpeg's options for a file: the protocols it may use, and the formats it may find. */
export const FILE_OPTIONS = {
  protocol_whitelist: "file",
  format_whitelist: "mov,matroska,mpegts,avi,flv",
} as const;

/** A file by its path without links; `error`: a sentence that says why it may not be sent. */
export type MediaFile = { readonly path: string } | { readonly error: string };

/** Finds the file that `path` names, from `media`. Called before each opening, since links may change. */
export async function findMediaFile(path: string, media: string): Promise<MediaFile> {
  if (hasControls(path)) {
    return { error: "Cannot send a file: its name holds a control character" };
  }
  const outside = { error: `Cannot send ${path}: only files in ${resolve(media)} may be sent` };
  const named = resolve(media, path);
  if (!named.startsWith(resolve(media) + sep)) return outside;
  try {
    const folder = await Deno.realPath(media);
    const file = await Deno.realPath(named);
    if (!file.startsWith(folder + sep)) return outside;
    // By its own name: the process may read no other path than those below `media`.
    const { isFile } = await Deno.stat(named);
    return isFile ? { path: file } : { error: `Cannot send ${path}: it is not a file` };
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : errorText(error);
    return { error: `Cannot open the file ${path}: ${why}` };
  }
}
