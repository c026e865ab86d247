import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { type Library, openLibrary } from "../../../worker/library/library.ts";

/** Only a shell can make names that are not UTF-8: the runtime cannot. */
async function sh(script: string, folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-ec", script],
    cwd: folder,
  }).output();
  ok(success, new TextDecoder().decode(stderr));
}

async function withLibrary(
  use: (test: {
    library: Library;
    root: string;
    roms: string;
    until: (what: string, is: () => boolean) => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "farpad-" });
  const roms = join(root, "roms");
  using library = await openLibrary({
    clock: systemClock,
    log: createLog({ clock: systemClock, sink: () => {} }),
    roms,
    cores: [join(root, "none")],
    data: join(root, "data"),
    changed: () => {},
  });
  const until = async (what: string, is: () => boolean) => {
    for (let n = 0; !is(); n++) {
      ok(n < 300, `${what} did not come about: ${JSON.stringify(library.apps.slice(2))}`);
      await sleep(systemClock, 50);
    }
  };
  try {
    await use({ library, root, roms, until });
  } finally {
    library[Symbol.dispose]();
    await Deno.remove(root, { recursive: true });
  }
}

const has = (library: Library, ...ids: readonly string[]) =>
  ids.every((id) => library.apps.some(({ app_id }) => app_id === id));

Deno.test("[LIB7] a name that is not UTF-8 is reported, and later files are found", () =>
  withLibrary(async ({ library, roms, until }) => {
    await sleep(systemClock, 1_100);
    await sh("printf x > \"$(printf 'bad\\377.nes')\"; printf x > One.nes", roms);
    await until("the first file", () => has(library, "One.nes"));
    equal(library.passedOver?.first[0]?.reason, "not_utf8");
    await sh("printf x > Two.nes", roms);
    await until("the second file", () => has(library, "Two.nes"));
    await library.refresh();
    equal(library.passedOver?.count, 1);
  }));

Deno.test("[LIB8] a linked folder is read, a loop of links ends, and an archive is passed over", () =>
  withLibrary(async ({ library, root, roms }) => {
    await sh("mkdir far; printf x > far/Far.nes; ln -s ../far roms/far; ln -s . roms/loop", root);
    await sh("ln -s b.nes a.nes; ln -s a.nes b.nes; printf x > pack.7z; printf x > pack.zip", roms);
    await library.refresh();
    deepEqual(library.apps.slice(2).map(({ title }) => title), ["Far"]);
    deepEqual(library.passedOver?.first, [
      { path: "pack.7z", reason: "archive" },
      { path: "pack.zip", reason: "archive", cause: "it is no ZIP file, or a damaged one" },
    ]);
    // A linked folder sends no change event: the scan of every minute finds the file.
    await sh("printf x > far/Farther.nes", root);
    await library.refresh();
    deepEqual(library.apps.slice(2).map(({ title }) => title), ["Far", "Farther"]);
  }));

Deno.test("[LIB8] a folder that is moved away and created again is watched again", () =>
  withLibrary(async ({ library, root, roms, until }) => {
    await sh("printf x > roms/Old.nes", root);
    await until("the old file", () => has(library, "Old.nes"));
    await sh("mv roms away; mkdir roms", root);
    await library.refresh();
    deepEqual(library.apps.slice(2), []);
    await sh("printf x > New.nes", roms);
    await until("the new file", () => has(library, "New.nes"));
  }));

Deno.test("[LIB8] a disk that is mounted over the folder is read and watched", async (t) => {
  await withLibrary(async ({ library, root, roms, until }) => {
    await sh("printf x > roms/Below.nes", root);
    await until("the file below", () => has(library, "Below.nes"));
    const mounted = await sh("mount -t tmpfs -o size=64k tmpfs roms", root)
      .then(() => true, () => false);
    // Without the right to mount, another folder is moved to the path, which has the same effect for the reader.
    if (!mounted) await sh("mv roms below; mkdir roms", root);
    try {
      await t.step(
        mounted ? "with a tmpfs" : "cannot mount here: with another folder",
        async () => {
          await library.refresh();
          deepEqual(library.apps.slice(2), []);
          await sh("printf x > Above.nes", roms);
          await until("the file above", () => has(library, "Above.nes"));
        },
      );
    } finally {
      if (mounted) await sh("umount roms", root);
    }
  });
});
