import { rejects } from "node:assert/strict";
import { join } from "node:path";
import { folderStore } from "../../../../worker/saves/folder_store.ts";
import { saveStoreContract } from "../../../contracts/save_store_contract.ts";
import { FakeClock } from "../../../fakes/clock.ts";

async function open() {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  return {
    folder,
    store: folderStore(folder, new FakeClock()),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

saveStoreContract("folder", open);

Deno.test("[SAV2] a folder that cannot be made is an error of the file system", async () => {
  await using scene = await open();
  // A file stands where the folder belongs.
  await Deno.writeTextFile(join(scene.folder, "usr_ana"), "");
  await rejects(scene.store.put("usr_ana/duel/1.save", Uint8Array.of(1)), Error);
});
