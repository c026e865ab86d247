import { deepEqual, equal, match } from "node:assert/strict";
import { dirname, join } from "node:path";
import { scanFolder } from "../../../worker/library/scan.ts";

function setup(...files: readonly string[]) {
  const root = Deno.makeTempDirSync();
  for (const file of files) {
    Deno.mkdirSync(dirname(join(root, file)), { recursive: true });
    Deno.writeTextFileSync(join(root, file), "");
  }
  const scan = ({ maxDepth = 3, maxFiles = 10 } = {}) =>
    scanFolder(root, { maxDepth, maxFiles, accepts: (name) => name.endsWith(".nes") });
  return { root, scan, [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }) };
}

Deno.test("[LIB5] wanted files are listed in order, from folders below too", () => {
  using folder = setup("b.nes", "a.nes", "c/d.nes", "readme.txt", "c/e.txt");
  deepEqual(folder.scan(), { paths: ["a.nes", "b.nes", "c/d.nes"], faults: [] });
});

Deno.test("[LIB5] hidden files and folders are passed over", () => {
  using folder = setup(".a.nes", ".git/b.nes", "c.nes");
  deepEqual(folder.scan().paths, ["c.nes"]);
});

Deno.test("[LIB5] links are followed, a loop is not, and a dead link is nothing", () => {
  using folder = setup("a/b.nes");
  Deno.symlinkSync(folder.root, join(folder.root, "a/loop"));
  Deno.symlinkSync(join(folder.root, "a/b.nes"), join(folder.root, "link.nes"));
  Deno.symlinkSync("/nowhere", join(folder.root, "dead.nes"));
  deepEqual(folder.scan(), { paths: ["a/b.nes", "link.nes"], faults: [] });
});

Deno.test("[LIB5] depth and number are bounded, and what is left out is told once", () => {
  using folder = setup("1.nes", "2.nes", "3.nes", "4.nes", "d/e/f/5.nes");
  const { paths, faults } = folder.scan({ maxFiles: 2 });
  deepEqual(paths, ["1.nes", "2.nes"]);
  equal(faults.length, 2);
  match(faults[0]!, /^Cannot list more than 2 games: "3\.nes" and what follows is left out$/);
  match(faults[1]!, /^Cannot look into "d\/e\/f": it is more than 3 folders deep$/);
});

Deno.test("[LIB5] a folder that is not there is told", () => {
  const { paths, faults } = scanFolder("/nowhere/roms", {
    maxDepth: 1,
    maxFiles: 1,
    accepts: () => true,
  });
  deepEqual(paths, []);
  deepEqual(faults, ['Cannot read the folder "/nowhere/roms": there is no such folder']);
});
