import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { AppId, RoomId } from "../../../../protocol/ids.ts";
import { GUEST_ENTRIES_KEPT, GUESTS_KEPT } from "../../../../worker/sources/owner_folders.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { createSaves, openSaves } from "../../../../worker/room/saves.ts";

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

const save = (n: number) => ({ state: Uint8Array.of(n), at: at(n) });

Deno.test("[ROM23] an owner loads neither states nor rooms of another owner, and removes none", async () => {
  await inFolder(async (folder) => {
    const open = openSaves(folder, new FakeClock());
    const [ana, eve] = [open(["brw_ana"]), open(["brw_eve"])];
    const room = RoomId.parse("room_1");
    await ana.write(duel, save(1));
    await ana.writeRoom(duel, room, Uint8Array.of(2));
    deepEqual([await eve.newest(duel), await eve.ofRoom(duel, room)], [undefined, undefined]);
    for (let n = 10; n < 40; n++) {
      await eve.write(duel, save(n));
      await eve.writeRoom(duel, RoomId.parse(`room_${n}`), Uint8Array.of(n));
    }
    deepEqual(await ana.newest(duel), Uint8Array.of(1));
    deepEqual(await ana.ofRoom(duel, room), Uint8Array.of(2));
  });
});

Deno.test("[ROM23] who signs in still loads what the browser saved, and saves for the account", async () => {
  await inFolder(async (folder) => {
    const open = openSaves(folder, new FakeClock());
    await open(["brw_ana"]).write(duel, save(1));
    const person = open(["usr_ana", "brw_ana"]);
    deepEqual(await person.newest(duel), Uint8Array.of(1));
    await person.write(duel, save(2));
    deepEqual(await person.newest(duel), Uint8Array.of(2));
    deepEqual(await open(["brw_ana"]).newest(duel), Uint8Array.of(1));
  });
});

Deno.test("[ROM24] full of guests, a new guest cannot save; guests and people who have saves can", async () => {
  await inFolder(async (folder) => {
    const clock = new FakeClock({ epoch: Date.now() });
    const open = openSaves(folder, clock);
    for (let n = 0; n < GUESTS_KEPT; n++) {
      Deno.mkdirSync(join(folder, `brw_${n}`, "duel"), { recursive: true });
    }
    await rejects(open(["brw_new"]).write(duel, save(1)), /1000 have saves here/);
    await open(["brw_7"]).write(duel, save(1));
    await open(["usr_new"]).write(duel, save(1));
    await open(["ses_new"]).write(duel, save(1));
    clock.advance(91 * 24 * 3_600_000);
    await open(["brw_new"]).write(duel, save(1));
    deepEqual(await open(["brw_new"]).newest(duel), Uint8Array.of(1));
  });
});

Deno.test("[ROM24] a guest keeps the saves of a hundred apps, and a further one takes the place of the oldest", async () => {
  await inFolder(async (folder) => {
    const guest = openSaves(folder, new FakeClock())(["brw_ana"]);
    const names = Array.from({ length: GUEST_ENTRIES_KEPT }, (_, n) => `app-${n}`);
    for (const [n, name] of names.entries()) {
      const place = join(folder, "brw_ana", name);
      Deno.mkdirSync(place, { recursive: true });
      Deno.utimeSync(place, 1_000 - n, 1_000 - n);
    }
    await guest.write(duel, save(1));
    await guest.write(duel, save(2));
    const kept = Array.from(Deno.readDirSync(join(folder, "brw_ana")), ({ name }) => name);
    equal(kept.length, GUEST_ENTRIES_KEPT);
    deepEqual(names.filter((name) => !kept.includes(name)), [`app-${GUEST_ENTRIES_KEPT - 1}`]);
    deepEqual(await guest.newest(duel), Uint8Array.of(2));
  });
});
