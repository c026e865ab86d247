import { deepEqual } from "node:assert/strict";
import { probeFolder } from "../../../../protocol/disk/storage_watch.ts";

Deno.test("[STO23] two processes that probe one folder at the same time find no trouble", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Promise.all(Array.from({ length: 20 }, () => probeFolder(folder)));
    deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
