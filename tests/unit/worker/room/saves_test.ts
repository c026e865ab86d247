import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { AppId } from "../../../../protocol/ids.ts";
import { createSaves } from "../../../../worker/room/saves.ts";

const duel = AppId.parse("duel");
const at = (time: number) => (1_700_000_000_000 + time) as EpochMillis;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[ROM10] the newest state is read, and five are kept", async () => {
  await inFolder(async (folder) => {
    const saves = createSaves(folder);
    equal(await saves.newest(duel), undefined);
    for (let n = 0; n < 8; n++) await saves.write(duel, { state: Uint8Array.of(n), at: at(n) });
    deepEqual(await saves.newest(duel), Uint8Array.of(7));
    const kept = await Array.fromAsync(Deno.readDir(join(folder, duel)));
    deepEqual(kept.map(({ name }) => name).sort()[0], `${at(3)}.state.gz`);
    equal(kept.length, 5);
  });
});

Deno.test("[ROM10] rooms of one app can save at the same time", async () => {
  await inFolder(async (folder) => {
    await Promise.all(
      Array.from(
        { length: 40 },
        (_, n) => createSaves(folder).write(duel, { state: Uint8Array.of(n), at: at(n) }),
      ),
    );
    deepEqual(await createSaves(folder).newest(duel), Uint8Array.of(39));
  });
});

Deno.test("[STO19] a damaged newest state does not hide the older ones", async () => {
  await inFolder(async (folder) => {
    const saves = createSaves(folder);
    await saves.write(duel, { state: Uint8Array.of(1), at: at(1) });
    await Deno.writeFile(join(folder, duel, `${at(2)}.state.gz`), new Uint8Array());
    await Deno.writeTextFile(join(folder, duel, `${at(3)}.state.gz`), "no gzip");
    deepEqual(await saves.newest(duel), Uint8Array.of(1));
    await Deno.remove(join(folder, duel, `${at(1)}.state.gz`));
    await rejects(saves.newest(duel), /incorrect header/i);
  });
});

Deno.test("[STO19] a state that cannot be written leaves the others unchanged", async () => {
  await inFolder(async (folder) => {
    const saves = createSaves(folder);
    await saves.write(duel, { state: Uint8Array.of(1), at: at(1) });
    // A folder stands where the file belongs, so the last step of the write fails.
    await Deno.mkdir(join(folder, duel, `${at(2)}.state.gz`, "full"), { recursive: true });
    await rejects(saves.write(duel, { state: Uint8Array.of(2), at: at(2) }));
    deepEqual(await saves.newest(duel), Uint8Array.of(1));
    const names = Array.from(Deno.readDirSync(join(folder, duel)), ({ name }) => name).sort();
    deepEqual(names, [`${at(1)}.state.gz`, `${at(2)}.state.gz`]);
  });
});
