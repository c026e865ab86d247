import { deepEqual, equal } from "node:assert/strict";
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

Deno.test("[ROM10] the newest state comes back, and five are kept", async () => {
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

Deno.test("[ROM10] rooms of one app that save at the same time are not in each other's way", async () => {
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
