import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { AppId, RoomId } from "../../../../protocol/ids.ts";
import type { SaveId } from "../../../../protocol/saves/save.ts";
import { APP_BYTES, NAMED_MOST, ROOMS_KEPT, SavesFull } from "../../../../worker/saves/bounds.ts";
import { folderStore } from "../../../../worker/saves/folder_store.ts";
import { openSaves as openIn } from "../../../../worker/saves/saves.ts";
import {
  GUEST_ENTRIES_KEPT,
  GUEST_IDLE,
  GUESTS_KEPT,
} from "../../../../worker/sources/owner_folders.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const duel = AppId.parse("duel");
const ANA = "usr_ana";
const at = (time: number) => (1_700_000_000_000 + time) as EpochMillis;
const save = (n: number, name?: string) => ({ state: Uint8Array.of(n), at: at(n), name });
const openSaves = (folder: string, clock = new FakeClock()) => openIn(folderStore(folder, clock));
const savesIn = (folder: string) => openSaves(folder)([ANA]);
const states = async (
  of: Promise<{ state: Uint8Array } | undefined>,
) => [...(await of)?.state ?? []];

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
    const saves = savesIn(folder);
    equal(await saves.newest(duel), undefined);
    for (let n = 0; n < 8; n++) await saves.write(duel, save(n));
    deepEqual(await states(saves.newest(duel)), [7]);
    const kept = await Array.fromAsync(Deno.readDir(join(folder, ANA, duel)));
    deepEqual(kept.map(({ name }) => name).sort()[0], `${at(3)}.save`);
    equal(kept.length, 5);
  });
});

Deno.test("[ROM10] rooms of one app can save at the same time", async () => {
  await inFolder(async (folder) => {
    await Promise.all(
      Array.from(
        { length: 40 },
        (_, n) => savesIn(folder).write(duel, save(n)),
      ),
    );
    deepEqual(await states(savesIn(folder).newest(duel)), [39]);
  });
});

Deno.test("[STO19] a damaged newest state does not hide the older ones", async () => {
  await inFolder(async (folder) => {
    const saves = savesIn(folder);
    await saves.write(duel, save(1));
    await Deno.writeFile(join(folder, ANA, duel, `${at(2)}.save`), new Uint8Array());
    await Deno.writeTextFile(join(folder, ANA, duel, `${at(3)}.save`), "no gzip");
    deepEqual(await states(saves.newest(duel)), [1]);
    await Deno.remove(join(folder, ANA, duel, `${at(1)}.save`));
    await rejects(saves.newest(duel), /damaged/);
  });
});

Deno.test("[STO19] a state that cannot be written leaves the others unchanged", async () => {
  await inFolder(async (folder) => {
    const saves = savesIn(folder);
    await saves.write(duel, save(1));
    // A folder stands where the file belongs, so the last step of the write fails.
    await Deno.mkdir(join(folder, ANA, duel, `${at(2)}.save`, "full"), { recursive: true });
    await rejects(saves.write(duel, save(2)));
    deepEqual(await states(saves.newest(duel)), [1]);
    const names = Array.from(Deno.readDirSync(join(folder, ANA, duel)), ({ name }) => name).sort();
    deepEqual(names, [`${at(1)}.save`, `${at(2)}.save`]);
  });
});

Deno.test("[ROM23] an owner loads neither states nor rooms of another owner, and removes none", async () => {
  await inFolder(async (folder) => {
    const open = openSaves(folder);
    const [ana, eve] = [open(["brw_ana"]), open(["brw_eve"])];
    const room = RoomId.parse("room_1");
    await ana.write(duel, save(1));
    await ana.writeRoom(duel, room, save(2));
    deepEqual([await eve.newest(duel), await eve.ofRoom(duel, room)], [undefined, undefined]);
    for (let n = 10; n < 40; n++) {
      await eve.write(duel, save(n));
      await eve.writeRoom(duel, RoomId.parse(`room_${n}`), save(n));
    }
    deepEqual(await states(ana.newest(duel)), [1]);
    deepEqual(await states(ana.ofRoom(duel, room)), [2]);
  });
});

Deno.test("[ROM23] who signs in still loads what the browser saved, and saves for the account", async () => {
  await inFolder(async (folder) => {
    const open = openSaves(folder);
    await open(["brw_ana"]).write(duel, save(1));
    const person = open(["usr_ana", "brw_ana"]);
    deepEqual(await states(person.newest(duel)), [1]);
    await person.write(duel, save(2));
    deepEqual(await states(person.newest(duel)), [2]);
    deepEqual(await states(open(["brw_ana"]).newest(duel)), [1]);
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
    deepEqual(await states(open(["brw_new"]).newest(duel)), [1]);
  });
});

Deno.test("[ROM24] of guests who saved nothing for 90 days the longest idle makes place, and one alone", async () => {
  await inFolder(async (folder) => {
    const clock = new FakeClock({ epoch: Date.now() });
    const names = Array.from({ length: GUESTS_KEPT }, (_, n) => `brw_${n}`);
    for (const name of names) {
      const place = join(folder, name, "duel");
      Deno.mkdirSync(place, { recursive: true });
      const idle = clock.epoch() - GUEST_IDLE - (name === "brw_501" ? 2_000 : 1_000);
      Deno.utimeSync(place, new Date(idle), new Date(idle));
    }
    await openSaves(folder, clock)(["brw_new"]).write(duel, save(1));
    const kept = new Set(Array.from(Deno.readDirSync(folder), ({ name }) => name));
    deepEqual(names.filter((name) => !kept.has(name)), ["brw_501"]);
  });
});

Deno.test("[ROM24] a guest keeps the saves of a hundred apps, and a further one takes the place of the oldest", async () => {
  await inFolder(async (folder) => {
    const guest = openSaves(folder)(["brw_ana"]);
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
    deepEqual(await states(guest.newest(duel)), [2]);
  });
});

Deno.test("[SAV3] a list has names, pictures, cores and whose each is, the newest first", async () => {
  await inFolder(async (folder) => {
    const open = openSaves(folder);
    const core = { name: "nes", version: "1.2" };
    await open(["brw_ana"]).write(duel, save(1));
    const saves = open([ANA, "brw_ana"]);
    await saves.write(duel, { ...save(2, "Before the dragon"), picture: Uint8Array.of(9), core });
    await saves.writeRoom(duel, RoomId.parse("room_1"), save(3));
    const list = await saves.list(duel);
    deepEqual(list.map(({ kind, name, own, picture }) => [kind, name, own, picture]), [
      ["auto", undefined, true, false],
      ["named", "Before the dragon", true, true],
      ["quick", undefined, false, false],
    ]);
    deepEqual(list[1]?.core, core);
    deepEqual(await saves.picture(duel, list[1]!.id), Uint8Array.of(9));
    for (const [index, { id }] of list.entries()) {
      deepEqual(await states(saves.load(duel, id)), [3 - index]);
    }
  });
});

Deno.test("[SAV4] saves with a name are kept, and one too many is refused", async () => {
  await inFolder(async (folder) => {
    const saves = savesIn(folder);
    for (let n = 0; n < NAMED_MOST; n++) await saves.write(duel, save(n, `Save ${n}`));
    await rejects(saves.write(duel, save(90, "one more")), SavesFull);
    const { id } = await saves.write(duel, save(91));
    await rejects(saves.rename(duel, id, "one more"), SavesFull);
    ok(await saves.remove(duel, String(at(0)) as SaveId));
    ok(await saves.rename(duel, id, "one more"));
    equal((await saves.list(duel)).filter(({ kind }) => kind === "named").length, NAMED_MOST);
    deepEqual(await states(saves.load(duel, id)), [91]);
  });
});

Deno.test("[SAV4] a person's saves of a game have a bound in bytes, and the old ones stay", async () => {
  await inFolder(async (folder) => {
    const saves = savesIn(folder);
    await saves.write(duel, save(1, "small"));
    await Deno.writeFile(join(folder, ANA, duel, "2.named.save"), new Uint8Array(64 * 1024 * 1024));
    await rejects(saves.write(duel, save(3)), /64 MiB/);
    deepEqual(await states(saves.load(duel, String(at(1)) as SaveId)), [1]);
  });
});

Deno.test("[SAV5] who may load a save of another holder neither renames nor removes it", async () => {
  await inFolder(async (folder) => {
    const open = openSaves(folder);
    const { id } = await open(["brw_ana"]).write(duel, save(1));
    const saves = open([ANA, "brw_ana"]);
    equal(await saves.rename(duel, id, "mine"), false);
    equal(await saves.remove(duel, id), false);
    equal(await open(["brw_eve"]).load(duel, id), undefined);
    deepEqual(await states(saves.load(duel, id)), [1]);
  });
});

Deno.test("[SAV6] of a room the newest generation counts, and an earlier one does not overwrite it", async () => {
  await inFolder(async (folder) => {
    const saves = savesIn(folder);
    const room = RoomId.parse("room_1");
    await saves.writeRoom(duel, room, save(1));
    await saves.writeRoom(duel, room, { ...save(2), generation: 1 });
    await saves.writeRoom(duel, room, save(3));
    deepEqual(await states(saves.ofRoom(duel, room)), [2]);
    await saves.writeRoom(duel, room, { ...save(4), generation: 10 });
    deepEqual(await states(saves.ofRoom(duel, room)), [4]);
    for (let n = 10; n < 40; n++) await saves.writeRoom(duel, RoomId.parse(`room_${n}`), save(n));
    const rooms = Array.from(Deno.readDirSync(join(folder, ANA, duel, "rooms")));
    equal(rooms.length, ROOMS_KEPT);
  });
});

Deno.test("[SAV7] saves of earlier releases are listed and loaded", async () => {
  await inFolder(async (folder) => {
    const saves = savesIn(folder);
    const place = join(folder, ANA, duel);
    await Deno.mkdir(join(place, "rooms"), { recursive: true });
    await Deno.writeFile(join(place, `${at(1)}.state.gz`), gzipSync(Uint8Array.of(7)));
    await Deno.writeFile(join(place, "rooms", "room_1.state.gz"), gzipSync(Uint8Array.of(8)));
    deepEqual(await states(saves.newest(duel)), [7]);
    deepEqual(await states(saves.ofRoom(duel, RoomId.parse("room_1"))), [8]);
    deepEqual((await saves.list(duel)).map(({ saved_at }) => saved_at), [at(1)]);
    await rejects(saves.rename(duel, String(at(1)) as SaveId, "old"), (error: Error) => {
      match(error.message, /earlier release/);
      return true;
    });
  });
});

Deno.test("[SAV35] what a cartridge keeps is no save: it is not listed, and takes nothing of a person's space", async () => {
  await inFolder(async (folder) => {
    const saves = savesIn(folder);
    const store = folderStore(folder, new FakeClock());
    const key = `${ANA}/duel/memory/1a2b3c4d.srm/1.room_1`;
    await store.put(key, new Uint8Array(APP_BYTES));
    await saves.write(duel, save(1));
    deepEqual((await saves.list(duel)).map(({ kind }) => kind), ["quick"]);
    deepEqual(await states(saves.newest(duel)), [1]);
    equal((await store.list(`${ANA}/duel/memory/`)).length, 1);
  });
});
