/**
 * A small disk for tests, which really is full or read-only.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import { join } from "node:path";

async function run(command: string, ...args: readonly string[]): Promise<boolean> {
  return (await new Deno.Command(command, { args: [...args], stderr: "null" }).output()).success;
}

/** Uses a small disk of its own. Mounting one takes root; otherwise a line names the tests that replace these. */
export async function withDisk(
  kilobytes: number,
  use: (disk: {
    folder: string;
    fill: () => Promise<void>;
    free: () => Promise<void>;
    remount: (how: "ro" | "rw") => Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-disk-" });
  const filler = join(folder, "filler");
  const mounted = await run("mount", "-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder);
  try {
    if (!mounted) {
      console.log(
        "Cannot mount a disk here (not root): tests/unit/protocol/disk ran on a fake one",
      );
      return;
    }
    await use({
      folder,
      async fill() {
        using file = await Deno.open(filler, { create: true, append: true });
        for (const size of [64 * 1024, 4 * 1024]) {
          while (await file.write(new Uint8Array(size)).then(() => true, () => false));
        }
      },
      free: () => Deno.remove(filler),
      async remount(how) {
        ok(await run("mount", "-o", `remount,${how}`, folder), `cannot remount ${how}`);
      },
    });
  } finally {
    if (mounted) await run("umount", folder);
    await Deno.remove(folder, { recursive: true });
  }
}
