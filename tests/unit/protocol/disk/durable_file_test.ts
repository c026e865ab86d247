import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import process from "node:process";
import { join } from "node:path";
import fc from "fast-check";
import { removeLeftovers, writeDurably } from "../../../../protocol/disk/durable_file.ts";
import { storageReason, whyNotKept } from "../../../../protocol/disk/storage_fault.ts";
import { errno, FakeDisk, PowerCut } from "../../../fakes/disk.ts";

const PATH = "/data/key.txt";
const content = fc.string({ minLength: 1, maxLength: 40 });

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[STO16] a power cut at any call leaves the old content or the new one", async () => {
  const cases = fc.record({
    before: fc.option(content, { nil: undefined }),
    after: content,
    at: fc.integer({ min: 1, max: 14 }),
    renames: fc.nat(4),
    bytes: fc.nat(20),
  });
  await fc.assert(fc.asyncProperty(cases, async ({ before, after, at, renames, bytes }) => {
    const disk = new FakeDisk(before === undefined ? {} : { [PATH]: before });
    disk.trouble = { at, error: new PowerCut(), lasts: true };
    const done = await writeDurably(PATH, after, { disk }).then(() => true, () => false);
    const found = disk.afterPowerCut({ renames, bytes }).read(PATH);
    ok(done ? found === after : found === before || found === after, `found ${found}`);
  }));
});

Deno.test("[STO16] a full disk at any call leaves whole content, no temporary file, and its error", async () => {
  const cases = fc.record({ before: content, after: content, at: fc.integer({ min: 1, max: 14 }) });
  await fc.assert(fc.asyncProperty(cases, async ({ before, after, at }) => {
    const disk = new FakeDisk({ [PATH]: before });
    disk.trouble = { at, error: errno("ENOSPC") };
    const error = await writeDurably(PATH, after, { disk }).then(() => undefined, (e) => e);
    const found = disk.read(PATH);
    if (error) equal(storageReason(error), "full");
    ok(error ? found === before || found === after : found === after, `found ${found}`);
    deepEqual(disk.files, [PATH]);
    disk.trouble = undefined;
    await writeDurably(PATH, after, { disk });
    equal(disk.read(PATH), after);
  }));
});

Deno.test("[STO16] the error of the write is reported, not that of its clean-up", async () => {
  const disk = new FakeDisk();
  disk.trouble = { at: 3, error: errno("ENOSPC") };
  const remove = disk.remove.bind(disk);
  disk.remove = async (path) => {
    await remove(path);
    throw errno("EROFS");
  };
  await rejects(writeDurably(PATH, "text", { disk }), { code: "ENOSPC" });
});

Deno.test("[STO16] a file of the system is replaced, its folder made, its rights the owner's", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "new", "deep", "file");
    await writeDurably(path, "old");
    await writeDurably(path, Uint8Array.of(110, 101, 119));
    equal(await Deno.readTextFile(path), "new");
    equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    deepEqual(Array.from(Deno.readDirSync(join(path, "..")), ({ name }) => name), ["file"]);
    await Promise.all(Array.from({ length: 20 }, (_, n) => writeDurably(path, `${n}`)));
    match(await Deno.readTextFile(path), /^\d+$/);
  });
});

Deno.test("[STO17] temporary files of processes that ended are removed, others are not", async () => {
  await inFolder(async (folder) => {
    const stale = ["1.state.gz.part", "Quest.nes.0abc.srm.new", ".99999999-1.part", "a.json.part"];
    const kept = [`.${process.ppid}-1.part`, "key.txt", "1.state.gz", "notes.new", "party"];
    for (const name of [...stale, ...kept]) await Deno.writeTextFile(join(folder, name), "");
    const isRunning = (pid: number) => pid === process.ppid;
    equal(await removeLeftovers(folder, isRunning), stale.length);
    const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    deepEqual(left.sort(), kept.sort());
    equal(await removeLeftovers(join(folder, "none")), 0);
  });
});

Deno.test("[STO18] an error of the disk has a reason and a sentence", () => {
  const sqlite = (message: string, errcode?: number) =>
    Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });
  deepEqual(
    [errno("ENOSPC"), errno("EDQUOT"), errno("EROFS"), errno("EACCES"), errno("ENOENT")]
      .map(storageReason),
    ["full", "full", "read_only", "denied", "missing"],
  );
  equal(storageReason(sqlite("database or disk is full", 13)), "full");
  equal(storageReason(sqlite("database or disk is full")), "full");
  equal(storageReason(sqlite("attempt to write a readonly database")), "read_only");
  equal(storageReason(sqlite("disk I/O error", 10)), "failed");
  equal(storageReason(new Deno.errors.NotCapable("Requires write access")), "denied");
  equal(whyNotKept(errno("ENOSPC")), "the disk is full");
  equal(whyNotKept(new Error("it burns")), "it burns");
  equal(whyNotKept("odd"), "odd");
});
