import { deepEqual, equal, notEqual, rejects } from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { CoverFolder, MOST_COVERS } from "../../../../worker/pictures/cover_folder.ts";
import { keyOf } from "../../../../worker/pictures/game_key.ts";
import { pictureServer } from "../../../../worker/pictures/picture_server.ts";
import { FakeDisk } from "../../../fakes/disk.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
const key = (n: number) => n.toString(16).padStart(32, "0");

async function temporary(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[CVR5] covers are kept over a restart, each under a name that nobody can guess", () =>
  temporary(async (root) => {
    const folder = join(root, "covers");
    const random = new SeededRandom();
    const covers = new CoverFolder({ folder, random });
    await covers.load();
    await covers.keep(key(1), JPEG, () => true);
    await covers.keep(key(2), undefined, () => true);
    const name = covers.nameOf(key(1))!;
    notEqual(name, key(1));
    await Deno.writeTextFile(join(folder, "note.txt"), "not a cover");
    await Deno.mkdir(join(folder, `${key(3)}.none`));
    await Deno.symlink("/etc/passwd", join(folder, `${key(4)}.${key(5)}.jpg`));
    const again = new CoverFolder({ folder, random });
    await again.load();
    equal(again.nameOf(key(1)), name);
    deepEqual([1, 2, 3, 4].map((n) => again.has(key(n))), [true, true, false, false]);
    deepEqual(await again.read(name), JPEG);
    for (const other of [key(1), key(2), key(5), "", "undefined", "../note.txt"]) {
      equal(await again.read(other), undefined, other);
    }
  }));

Deno.test("[CVR5] beyond a number of covers the oldest that no game uses is removed", () =>
  temporary(async (folder) => {
    const covers = new CoverFolder({ folder, random: new SeededRandom(), disk: new FakeDisk() });
    for (let n = 0; n <= MOST_COVERS; n++) {
      await covers.keep(key(n), JPEG, (each) => each === key(0));
    }
    deepEqual([0, 1, 2].map((n) => covers.has(key(n))), [true, false, true]);
  }));

Deno.test("[CVR3] a full disk keeps nothing of a cover", async () => {
  const disk = new FakeDisk();
  disk.trouble = {
    at: 1,
    error: Object.assign(new Error("full"), { code: "ENOSPC" }),
    lasts: true,
  };
  const covers = new CoverFolder({ folder: "/covers", random: new SeededRandom(), disk });
  await rejects(covers.keep(key(1), JPEG, () => true), { code: "ENOSPC" });
  equal(covers.has(key(1)), false);
});

Deno.test("[CVR5] a renamed game keeps its cover; another content, core or option makes another", () =>
  temporary(async (folder) => {
    const paths = ["a.nes", "b.nes", "c.nes", "core.so"].map((name) => join(folder, name));
    const [a = "", b = "", c = "", core = ""] = paths;
    for (const path of paths) await Deno.writeTextFile(path, path === c ? "other" : "game");
    const jsnes = (rom: string) => keyOf({ kind: "jsnes", rom });
    const libretro = (options: Record<string, string>) =>
      keyOf({ kind: "libretro", rom: a, core, system: "", options });
    equal(await jsnes(a), await jsnes(b));
    const first = await libretro({});
    const keys = [await jsnes(a), await jsnes(c), first, await libretro({ x: "1" })];
    await Deno.writeTextFile(core, "a new version");
    keys.push(await libretro({}));
    equal(new Set(keys).size, 5);
    equal(await jsnes(join(folder, "gone.nes")), undefined);
    equal(await keyOf({ kind: "pattern", width: 1, height: 1, frameRate: 1 }), undefined);
  }));

Deno.test("[CVR6] a picture is served under its name alone, for ever and to every page", async () => {
  const name = key(7);
  const answer = pictureServer((each) =>
    Promise.resolve(each === name ? { jpeg: JPEG } : undefined)
  );
  const get = async (url: string, method = "GET") => {
    let head: [number, Record<string, string>] = [0, {}];
    let body: unknown;
    const response = {
      writeHead: (status: number, headers: Record<string, string>) =>
        void (head = [status, headers]),
      end: (bytes: unknown) => void (body = bytes),
    };
    await answer({ url, method } as IncomingMessage, response as unknown as ServerResponse);
    return { status: head[0], headers: head[1], body };
  };
  const found = await get(`/pictures/${name}.jpg`);
  deepEqual([found.status, found.body], [200, JPEG]);
  equal(found.headers["cache-control"], "private, max-age=31536000, immutable");
  equal(found.headers["cross-origin-resource-policy"], "cross-origin");
  equal(found.headers["content-security-policy"], "default-src 'none'; sandbox");
  equal((await get(`/pictures/${name}.jpg`, "HEAD")).body, undefined);
  for (
    const path of [
      "/pictures/",
      `/pictures/${name}`,
      `/pictures/${name}.jpg/`,
      `/pictures/${key(8)}.jpg`,
      "/pictures/../../etc/passwd",
      `/pictures/%2e%2e/${name}.jpg`,
    ]
  ) {
    const { status, headers } = await get(path);
    deepEqual([status, headers["cache-control"]], [404, "no-store"], path);
  }
  equal((await get(`/pictures/${name}.jpg`, "DELETE")).status, 404);
});
