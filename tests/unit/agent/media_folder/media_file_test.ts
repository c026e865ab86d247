import { deepEqual, match } from "node:assert/strict";
import { FILE_OPTIONS, findMediaFile } from "../../../../agent/media_folder/media_file.ts";

/** A folder of media beside a file that must not leave the device. */
async function withFolder(work: (media: string, secret: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const media = `${root}/media`;
    await Deno.mkdir(`${media}/trip`, { recursive: true });
    await Deno.mkdir(`${root}/media-2`);
    await Deno.writeTextFile(`${root}/secret.mp4`, "a secret");
    await Deno.writeTextFile(`${root}/media-2/x.mp4`, "beside");
    await Deno.writeTextFile(`${media}/trip/a.mp4`, "inside");
    await work(media, `${root}/secret.mp4`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const errorOf = (found: object) => "error" in found ? String(found.error) : "";

Deno.test("[SND9] a file in the media folder is found, by a link within the folder too", async () => {
  await withFolder(async (media) => {
    const path = `${media}/trip/a.mp4`;
    await Deno.symlink("trip/a.mp4", `${media}/newest.mp4`);
    for (const name of ["trip/a.mp4", path, "newest.mp4", "trip/../trip/a.mp4"]) {
      deepEqual(await findMediaFile(name, media), { path });
    }
  });
});

Deno.test("[SND9] no path and no link leads out of the media folder", async () => {
  await withFolder(async (media, secret) => {
    await Deno.symlink(secret, `${media}/file.mp4`);
    await Deno.symlink("..", `${media}/folder`);
    await Deno.symlink("folder/secret.mp4", `${media}/twice.mp4`);
    const paths = ["../secret.mp4", secret, "trip/../../secret.mp4", "../media-2/x.mp4", "."];
    for (const path of [...paths, "file.mp4", "folder/secret.mp4", "twice.mp4"]) {
      match(errorOf(await findMediaFile(path, media)), /only files in .*\/media may be sent/, path);
    }
  });
});

Deno.test("[SND9] a folder, a missing file and a name with a control character are refused by name", async () => {
  await withFolder(async (media) => {
    match(errorOf(await findMediaFile("trip", media)), /it is not a file/);
    match(errorOf(await findMediaFile("none.mp4", media)), /there is no such file/);
    match(errorOf(await findMediaFile("a\nb.mp4", media)), /control character/);
  });
});

Deno.test("[SND18] each kind of file that is listed has its format among those that FFmpeg may find", () => {
  deepEqual(FILE_OPTIONS.format_whitelist.split(","), ["mov", "matroska", "mpegts", "avi", "flv"]);
  deepEqual(FILE_OPTIONS.protocol_whitelist, "file");
});
