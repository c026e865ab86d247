import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { scanFolder } from "../../../worker/library/scan.ts";
import { FakeFolder } from "../../fakes/sources/folder.ts";

const ROOT = "/roms";

async function scan(folder: FakeFolder, { maxDepth = 3, maxFiles = 10 } = {}) {
  const accepts = (name: string) => name.endsWith(".nes");
  const { paths, passedOver } = await scanFolder(ROOT, {
    ...{ reader: folder, maxDepth, maxFiles, accepts },
  });
  return { paths, passedOver };
}

const files = (...names: readonly string[]) =>
  new FakeFolder(...names.map((name) => `${ROOT}/${name}`));

Deno.test("[LIB5] accepted files are listed in order, those of subfolders too", async () => {
  const folder = files("b.nes", "a.nes", "c/d.nes", "readme.txt", "c/e.txt", "cover.png");
  deepEqual(await scan(folder), { paths: ["a.nes", "b.nes", "c/d.nes"], passedOver: [] });
});

Deno.test("[LIB5] hidden files and folders are skipped and not reported", async () => {
  const folder = files(".a.nes", ".git/b.nes", "c.nes", ".x.zip");
  deepEqual(await scan(folder), { paths: ["c.nes"], passedOver: [] });
});

Deno.test("[LIB5] links are followed, a loop ends, and a link without a target is skipped", async () => {
  const folder = files("a/b.nes")
    .add(`${ROOT}/a/loop`, { kind: "link", to: ROOT })
    .add(`${ROOT}/self.nes`, { kind: "link", to: `${ROOT}/self.nes` })
    .add(`${ROOT}/link.nes`, { kind: "link", to: `${ROOT}/a/b.nes` })
    .add("/disk/games/far.nes")
    .add(`${ROOT}/linked`, { kind: "link", to: "/disk/games" })
    .add(`${ROOT}/dead.nes`, { kind: "link", to: "/nowhere" });
  deepEqual(await scan(folder), {
    paths: ["a/b.nes", "link.nes", "linked/far.nes"],
    passedOver: [],
  });
});

Deno.test("[LIB7] files that cannot be played or read are reported with their reasons, and the others are listed", async () => {
  const folder = files("a.nes", "pack.zip", "disc.ISO", "b\uFFFD.nes", "z.nes")
    .add(`${ROOT}/b\uFFFD.nes`, { kind: "link", to: "/nowhere" })
    .add(`${ROOT}/locked`, { kind: "fault", message: "Permission denied" });
  deepEqual(await scan(folder), {
    paths: ["a.nes", "z.nes"],
    passedOver: [
      { path: "b\uFFFD.nes", reason: "not_utf8" },
      { path: "disc.ISO", reason: "unknown_system" },
      { path: "locked", reason: "unreadable", cause: "Permission denied" },
      { path: "pack.zip", reason: "archive" },
    ],
  });
});

Deno.test("[LIB5] depth and number are limited, and the files beyond are reported", async () => {
  const folder = files("1.nes", "2.nes", "3.nes", "4.nes", "d/e/f/5.nes");
  const { paths, passedOver } = await scan(folder, { maxFiles: 2 });
  deepEqual(paths, ["1.nes", "2.nes"]);
  deepEqual(passedOver.map(({ path, reason }) => [path, reason]), [
    ["3.nes", "too_many"],
    ["4.nes", "too_many"],
    ["d/e/f", "too_deep"],
  ]);
});

Deno.test("[LIB7] a missing folder is reported", async () => {
  deepEqual(await scan(new FakeFolder()), {
    paths: [],
    passedOver: [{ path: ".", reason: "gone" }],
  });
});

Deno.test("[LIB7] with any files in a folder a scan ends, and lists every readable game once", async () => {
  const name = fc.constantFrom("a.nes", "b.nes", "c", "d", "e.zip", "x\uFFFD.nes", ".h");
  const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join("/"));
  const item = fc.oneof(
    fc.constant({ kind: "file" } as const),
    path.map((to) => ({ kind: "link", to: `${ROOT}/${to}` }) as const),
    fc.constant({ kind: "link", to: ROOT } as const),
    fc.constant({ kind: "fault", message: "EIO" } as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(path, item), { maxLength: 12 }), async (all) => {
      const folder = new FakeFolder(`${ROOT}/first.nes`);
      for (const [below, what] of all) folder.add(`${ROOT}/${below}`, what);
      const { paths } = await scan(folder, { maxDepth: 6, maxFiles: 100 });
      equal(new Set(paths).size, paths.length);
      ok(paths.includes("first.nes"));
      for (const each of paths) equal((await folder.kindOf(`${ROOT}/${each}`))?.kind, "file");
    }),
  );
});
