import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { createLog } from "../../../protocol/log.ts";
import { openLibrary } from "../../../worker/library.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup() {
  const root = Deno.makeTempDirSync();
  const roms = join(root, "roms");
  const clock = new FakeClock();
  const lines: string[] = [];
  let touch = () => {};
  let fail = (_: string) => {};
  let changes = 0;
  let watched = true;
  const library = openLibrary({
    clock,
    log: createLog({ clock, sink: (line) => void lines.push(line) }),
    roms,
    cores: [join(root, "cores")],
    data: join(root, "data"),
    changed: () => void (changes += 1),
    watch(_, listener) {
      touch = () => listener.changed();
      fail = (reason) => listener.failed(reason);
      return { [Symbol.dispose]: () => void (watched = false) };
    },
  });
  return {
    library,
    clock,
    lines,
    add(name: string) {
      Deno.writeTextFileSync(join(roms, name), "");
      touch();
    },
    remove(name: string) {
      Deno.removeSync(join(roms, name));
      touch();
    },
    touch: () => touch(),
    fail: (reason: string) => fail(reason),
    titles: () => library.apps.map(({ title }) => title),
    changes: () => changes,
    watched: () => watched,
    [Symbol.dispose]() {
      library[Symbol.dispose]();
      Deno.removeSync(root, { recursive: true });
    },
  };
}

Deno.test("[LIB1] a new worker's library has the built-in things", () => {
  using test = setup();
  deepEqual(test.titles(), ["Paddle Duel", "Test pattern"]);
  equal(test.library.find("paddle-duel")?.spec.kind, "builtin");
  equal(test.library.find("nothing"), undefined);
});

Deno.test("[LIB6] new and removed files are noticed, and told once the folder is quiet", () => {
  using test = setup();
  test.add("One.nes");
  test.clock.advance(400);
  test.add("Two.nes");
  test.clock.advance(400);
  equal(test.changes(), 0);
  test.clock.advance(100);
  equal(test.changes(), 1);
  deepEqual(test.titles(), ["Paddle Duel", "Test pattern", "One", "Two"]);
  test.remove("One.nes");
  test.clock.advance(500);
  equal(test.changes(), 2);
  equal(test.library.find("one"), undefined);
  equal(test.library.find("two")?.spec.kind, "jsnes");
});

Deno.test("[LIB6] a change that changes no game is not told", () => {
  using test = setup();
  test.touch();
  test.clock.advance(500);
  equal(test.changes(), 0);
});

Deno.test("[LIB6] a folder that cannot be watched is logged, and the library stays", () => {
  using test = setup();
  test.fail("too many watchers");
  equal(test.lines.some((line) => line.includes("too many watchers")), true);
  equal(test.library.apps.length, 2);
});

Deno.test("[LIB6] a closed library watches nothing and waits for nothing", () => {
  const test = setup();
  test.touch();
  test[Symbol.dispose]();
  equal(test.watched(), false);
  equal(test.clock.pending, 0);
});
