import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { openIdentity } from "../../../agent/identity.ts";
import { openKeys } from "../../../coordinator/secrets/key_folder.ts";
import { openResumeKey } from "../../../coordinator/secrets/data_folder.ts";
import { type EpochMillis, sleep, systemClock } from "../../../protocol/clock.ts";
import { writeDurably } from "../../../protocol/disk/durable_file.ts";
import { probeFolder } from "../../../protocol/disk/storage_watch.ts";
import { AppId, SenderId } from "../../../protocol/ids.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { folderStore } from "../../../worker/saves/folder_store.ts";
import { openSaves } from "../../../worker/saves/saves.ts";
import { openSramFile } from "../../../worker/sources/sram_file.ts";
import { type CoordinatorProcess, startCoordinator } from "../../support/coordinator/process.ts";
import { withDisk } from "../../support/disk/small_disk.ts";

const PERSON = { email: "ada@farpad.example", name: "Ada", password: "correct horse battery" };

const names = (folder: string) => Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();

for (const trouble of ["full", "read-only"] as const) {
  Deno.test(`[STO16] on a ${trouble} disk every file's failure is reported, no file is half-written, and all are kept later`, () =>
    withDisk(256, async ({ folder, fill, free, remount }) => {
      const at = (time: number) => (1_700_000_000_000 + time) as EpochMillis;
      const app = AppId.parse("duel");
      const saves = openSaves(folderStore(join(folder, "saves"), systemClock))(["usr_ana"]);
      await saves.write(app, { state: Uint8Array.of(1), at: at(1) });
      await writeDurably(join(folder, "credentials.json"), "old");
      const device = await openIdentity(join(folder, "identity.json"));
      const warnings: string[] = [];
      const sram = openSramFile({
        ...{ folder: join(folder, "sram"), rom: "Quest.nes", checksum: 1 },
        warn: (sentence) => warnings.push(sentence),
      });
      sram.write(Uint8Array.of(1, 1));
      const code = trouble === "full" ? "ENOSPC" : "EROFS";
      await (trouble === "full" ? fill() : remount("ro"));

      const state = crypto.getRandomValues(new Uint8Array(20_000));
      await rejects(saves.write(app, { state, at: at(2) }), { code });
      await rejects(writeDurably(join(folder, "credentials.json"), "new"), { code });
      await rejects(openResumeKey(folder, systemRandom), { code });
      await rejects(openKeys(folder, systemRandom), { code });
      await rejects(probeFolder(folder), { code });
      await rejects(device.enrolled(SenderId.parse("snd_1"), undefined), /the disk is /);
      sram.write(Uint8Array.of(2, 2));
      sram.write(Uint8Array.of(2, 2));
      equal(warnings.length, 1);
      match(warnings[0]!, new RegExp(`the disk is ${trouble}\\. It is tried again$`));
      const left = ["credentials.json", "identity.json", "saves", "sram"];
      deepEqual(names(folder).filter((name) => name !== "filler"), left);
      deepEqual((await saves.newest(app))?.state, Uint8Array.of(1));
      equal(await Deno.readTextFile(join(folder, "credentials.json")), "old");
      // On a read-only disk the device continues with its existing key.
      equal((await openIdentity(join(folder, "identity.json"))).publicKey, device.publicKey);

      await (trouble === "full" ? free() : remount("rw"));
      sram.write(Uint8Array.of(2, 2));
      deepEqual([...Deno.readFileSync(join(folder, "sram", "Quest.nes.00000001.srm"))], [2, 2]);
      await saves.write(app, { state, at: at(3) });
      await device.enrolled(SenderId.parse("snd_1"), undefined);
      equal((await openIdentity(join(folder, "identity.json"))).senderId, "snd_1");
      await openKeys(folder, systemRandom);
      equal((await openResumeKey(folder, systemRandom)).length, 32);
    }));
}

async function start(folder: string): Promise<CoordinatorProcess> {
  const started = await startCoordinator({ FARPAD_DATA: folder, FARPAD_PORT: "0" });
  if ("code" in started) throw new Error(`it ended with ${started.code}: ${started.output}`);
  return started;
}

async function post(url: string, body: unknown) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

Deno.test("[STO21] a coordinator on a full disk reports it, and continues once there is space", () =>
  withDisk(2_048, async ({ folder, fill, free }) => {
    await using coordinator = await start(folder);
    const { url } = coordinator;
    const until = async (what: string, is: () => Promise<boolean>) => {
      for (let n = 0; !await is(); n++) {
        ok(n < 100, `${what} did not come about: ${coordinator.output()}`);
        await sleep(systemClock, 200);
      }
    };
    await until("the setup link", () => Promise.resolve(/#token=\S/.test(coordinator.output())));
    const token = /#token=(\S+)/.exec(coordinator.output())![1];
    equal((await post(`${url}/api/auth/setup`, { token, ...PERSON })).status, 201);
    const signIn = () => post(`${url}/api/auth/login`, PERSON);
    const health = async () => {
      const answer = await fetch(`${url}/healthz`);
      return { status: answer.status, body: await answer.json() };
    };
    equal((await signIn()).status, 200);
    await fill();
    await until("503 of /healthz", async () => (await health()).status === 503);
    const { problems } = (await health()).body;
    deepEqual(problems, [{ part: "coordinator", problem: "storage", reason: "full" }]);
    // Data that fits into the free space inside the database file is kept.
    let refused = await signIn();
    for (let n = 0; refused.status === 200 && n < 20; n++) refused = await signIn();
    deepEqual([refused.status, refused.body.error.code], [503, "storage"]);
    match(refused.body.error.message, /^Cannot write to the database: the disk is full/);
    ok(!coordinator.output().includes("cannot rollback"), coordinator.output());
    await free();
    equal((await signIn()).status, 200);
    await until("200 of /healthz", async () => (await health()).body.status === "ok");
  }));

Deno.test("[STO20] a coordinator does not start on a read-only disk, and reports the reason", () =>
  withDisk(2_048, async ({ folder, remount }) => {
    await (await start(folder))[Symbol.asyncDispose]();
    await remount("ro");
    const ended = await startCoordinator({ FARPAD_DATA: folder, FARPAD_PORT: "0" });
    ok("code" in ended);
    equal(ended.code, 1);
    match(ended.output, /the disk is read-only/);
    ok(!ended.output.includes("    at "), ended.output);
  }));

for (const space of ["no", "too little"] as const) {
  Deno.test(`[STO20] a coordinator does not start on a new disk with ${space} space, and says so in one sentence`, () =>
    withDisk(64, async ({ folder, fill }) => {
      if (space === "no") await fill();
      else await Deno.writeFile(join(folder, "filler"), new Uint8Array(40 * 1024));
      const ended = await startCoordinator({
        FARPAD_PORT: "0",
        FARPAD_DATA: folder,
        FARPAD_LOG_FORMAT: "text",
      });
      ok("code" in ended);
      equal(ended.code, 1);
      match(ended.output.trim(), /^Cannot [^\n]+: the disk is full[^\n]*$/);
    }));
}

Deno.test("[STO24] a process keeps its data in a new folder below one that it may not read", async () => {
  const above = await Deno.makeTempDir({ prefix: "farpad-disk-" });
  const data = join(above, "data");
  const module = new URL("../../../protocol/disk/durable_file.ts", import.meta.url);
  const program = `import { writeDurably } from ${JSON.stringify(module.href)};
    await writeDurably(${JSON.stringify(join(data, "kept"))}, "text");`;
  const entry = join(data, "..", "program.ts");
  await Deno.writeTextFile(entry, program);
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", `--allow-read=${data}`, `--allow-write=${data}`, entry],
      stderr: "piped",
    }).output();
    equal(new TextDecoder().decode(stderr), "");
    equal(success, true);
    equal(await Deno.readTextFile(join(data, "kept")), "text");
  } finally {
    await Deno.remove(above, { recursive: true });
  }
});
