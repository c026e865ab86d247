import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { createLog } from "../../../protocol/log.ts";
import { openLibrary, RESCAN } from "../../../worker/library/library.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeFolder } from "../../fakes/sources/folder.ts";

async function setup() {
  const root = Deno.makeTempDirSync();
  const roms = join(root, "roms");
  const clock = new FakeClock();
  const lines: string[] = [];
  const folder = new FakeFolder(join(roms, ".keep"));
  const watches: { changed(): void; failed(reason: string): void; open: boolean }[] = [];
  let changes = 0;
  let text: string | undefined;
  const library = await openLibrary({
    clock,
    log: createLog({ clock, sink: (line) => void lines.push(line) }),
    roms,
    cores: [join(root, "cores")],
    data: join(root, "data"),
    changed: () => void (changes += 1),
    reader: folder,
    readText: () => Promise.resolve(text),
    readEnd: () => Promise.resolve({ tail: new Uint8Array(), length: 0 }),
    watch(_, listener) {
      const watch = {
        changed: () => listener.changed(),
        failed: (reason: string) => listener.failed(reason),
        open: true,
      };
      watches.push(watch);
      return { [Symbol.dispose]: () => void (watch.open = false) };
    },
  });
  return {
    ...{ library, clock, lines, folder, roms, watches },
    settings(changed: string | undefined) {
      text = changed;
      watches.at(-1)!.changed();
    },
    add(name: string) {
      folder.add(join(roms, name));
      watches.at(-1)!.changed();
    },
    remove(name: string) {
      folder.remove(join(roms, name));
      watches.at(-1)!.changed();
    },
    touch: () => watches.at(-1)!.changed(),
    titles: () => library.apps.map(({ title }) => title).slice(2),
    changes: () => changes,
    [Symbol.dispose]() {
      library[Symbol.dispose]();
      Deno.removeSync(root, { recursive: true });
    },
  };
}

Deno.test("[LIB1] a new worker's library has the built-in apps", async () => {
  using test = await setup();
  deepEqual(test.library.apps.map(({ title }) => title), ["Paddle Duel", "Test pattern"]);
  equal(test.library.find("paddle-duel")?.spec.kind, "builtin");
  equal(test.library.find("nothing"), undefined);
  equal(test.library.passedOver, undefined);
});

Deno.test("[LIB6] new and removed files are reported once no event came for a while", async () => {
  using test = await setup();
  test.add("One.nes");
  await test.clock.run(400);
  test.add("Two.nes");
  await test.clock.run(400);
  equal(test.changes(), 0);
  await test.clock.run(101);
  equal(test.changes(), 1);
  deepEqual(test.titles(), ["One", "Two"]);
  equal(test.library.find("one")?.app.app_id, "One.nes");
  test.remove("One.nes");
  await test.clock.run(501);
  equal(test.changes(), 2);
  equal(test.library.find("One.nes"), undefined);
  equal(test.library.find("Two.nes")?.spec.kind, "jsnes");
});

Deno.test("[LIB6] a change that changes no game is not reported", async () => {
  using test = await setup();
  test.touch();
  await test.clock.run(501);
  equal(test.changes(), 0);
});

Deno.test("[LIB8] a change without an event is found within a minute", async () => {
  using test = await setup();
  test.folder.add(join(test.roms, "Silent.nes"));
  await test.clock.run(RESCAN + 1);
  deepEqual(test.titles(), ["Silent"]);
  equal(test.changes(), 1);
});

Deno.test("[LIB8] a watch that ends is started again; one that cannot start is tried every minute", async () => {
  using test = await setup();
  await test.clock.run(5_000);
  test.watches[0]!.failed("a name that is not UTF-8");
  test.folder.add(join(test.roms, "Missed.nes"));
  await test.clock.run(1_001);
  equal(test.watches.length, 2);
  deepEqual(test.titles(), ["Missed"]);
  test.watches[1]!.failed("too many watches");
  await test.clock.run(30_000);
  equal(test.watches.length, 2);
  await test.clock.run(RESCAN);
  equal(test.watches.length, 3);
  equal(test.lines.filter((line) => line.includes("library not watched")).length, 2);
});

Deno.test("[LIB8] a folder that was moved away and created again is watched", async () => {
  using test = await setup();
  test.add("Old.nes");
  await test.clock.run(501);
  test.folder.remove(test.roms);
  await test.clock.run(RESCAN + 1);
  deepEqual(test.titles(), []);
  deepEqual(test.library.passedOver, { first: [{ path: ".", reason: "gone" }], count: 1 });
  const warning = JSON.parse(test.lines.findLast((line) => line.includes('"warn"'))!);
  match(warning.event, /^the games folder is not there: make it .* FARPAD_ROMS$/);
  equal(warning.roms, test.roms);
  test.folder.add(join(test.roms, "New.nes"));
  await test.clock.run(RESCAN + 1);
  deepEqual(test.titles(), ["New"]);
  deepEqual(test.watches.map(({ open }) => open), [false, true]);
  test.add("Newer.nes");
  await test.clock.run(501);
  deepEqual(test.titles(), ["New", "Newer"]);
});

Deno.test("[LIB8] a disk that is mounted over the folder is watched a second later", async () => {
  using test = await setup();
  test.folder.add(test.roms, { kind: "folder", identity: "another disk" });
  await test.clock.run(RESCAN + 1);
  deepEqual(test.watches.map(({ open }) => open), [false]);
  await test.clock.run(1_001);
  deepEqual(test.watches.map(({ open }) => open), [false, true]);
});

Deno.test("[LIB7] passed-over files are reported with the library, also when no game changed", async () => {
  using test = await setup();
  test.add("pack.zip");
  await test.clock.run(501);
  equal(test.changes(), 1);
  deepEqual(test.library.passedOver, {
    first: [{
      ...{ path: "pack.zip", reason: "archive" },
      cause: "it is no ZIP file, or a damaged one",
    }],
    count: 1,
  });
});

Deno.test("[LIB6] a closed library has no watch and no timer", async () => {
  const test = await setup();
  test.touch();
  test[Symbol.dispose]();
  equal(test.watches[0]!.open, false);
  equal(test.clock.pending, 0);
});

Deno.test("[LIB10] the file of settings is followed; of one with a mistake the settings before it stay", async () => {
  using scene = await setup();
  const { library, clock } = scene;
  const settle = () => clock.run(501);
  scene.add("quest.nes");
  await settle();
  scene.settings('[games."quest.nes"]\ntitle = "The Quest"\n');
  await settle();
  deepEqual(scene.titles(), ["The Quest"]);
  scene.settings("title = = 3\n");
  await settle();
  deepEqual(scene.titles(), ["The Quest"]);
  const [fault] = library.passedOver?.first ?? [];
  equal(fault?.path, "games.toml");
  match(fault?.cause ?? "", /^Line 1: /);
  scene.settings(undefined);
  await settle();
  deepEqual(scene.titles(), ["quest"]);
  equal(library.passedOver, undefined);
});
