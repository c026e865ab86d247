import { deepEqual, equal } from "node:assert/strict";
import { createMediaReader } from "../../../../agent/media_folder/saved_media.ts";

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("[PRB8] media files are listed at once; their lengths follow and are measured once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/b.mp4`, new Uint8Array(2 * 1024 * 1024));
    await Deno.writeFile(`${folder}/a.TS`, new Uint8Array(10));
    await Deno.writeTextFile(`${folder}/notes.txt`, "no media");
    await Deno.writeTextFile(`${folder}/line\nbreak.mp4`, "a name that cannot be reported");
    const asked: string[][] = [];
    const read = createMediaReader(folder, (paths) => {
      asked.push([...paths]);
      return Promise.resolve(new Map([[`${folder}/b.mp4`, 12.5]]));
    });
    deepEqual(await read(), [
      { path: `${folder}/a.TS`, name: "a.TS", size_mb: 0, duration_s: null },
      { path: `${folder}/b.mp4`, name: "b.mp4", size_mb: 2, duration_s: null },
    ]);
    await settle();
    deepEqual((await read()).map(({ duration_s }) => duration_s), [null, 12.5]);
    await read();
    equal(asked.length, 1, "a file that cannot be measured is not tried again");
    await Deno.writeFile(`${folder}/b.mp4`, new Uint8Array(1024 * 1024));
    await read();
    deepEqual(asked[1], [`${folder}/b.mp4`], "one that changed is");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("[PRB8] a folder that does not exist is empty", async () => {
  const read = createMediaReader("/nowhere/at/all", () => Promise.resolve(new Map()));
  deepEqual(await read(), []);
});
