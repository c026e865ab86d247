import { deepEqual, equal, ok } from "node:assert/strict";
import { dirname } from "node:path";
import { createLog } from "../../../protocol/log.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { cacheFolder } from "../../../worker/config.ts";
import { openSandbox, withFolder } from "../../../worker/isolation/sandbox.ts";

/** Tries what a room's native code may not do, and prints what succeeded. */
const SCRIPT = `
  const [data] = Deno.args;
  const tries = {
    key: () => Deno.readTextFileSync(data + "/sealing_key.txt"),
    save: () => Deno.writeTextFileSync(data + "/saves/a", "saved"),
    system: () => Deno.writeTextFileSync(data + "/system/a", ""),
    ownRecording: () => Deno.writeTextFileSync(data + "/recordings/.unfinished/1/video.mp4", "recorded"),
    readFinished: () => Deno.readTextFileSync(data + "/recordings/rec_1/video.mp4"),
    writeFinished: () => Deno.writeTextFileSync(data + "/recordings/rec_1/video.mp4", ""),
    removeFinished: () => Deno.removeSync(data + "/recordings/rec_1", { recursive: true }),
    readOther: () => Deno.readTextFileSync(data + "/recordings/.unfinished/2/video.mp4"),
    removeOther: () => Deno.removeSync(data + "/recordings/.unfinished/2", { recursive: true }),
    linkToFinished: () => {
      Deno.symlinkSync(data + "/recordings/rec_1", data + "/recordings/.unfinished/1/link");
      Deno.readTextFileSync(data + "/recordings/.unfinished/1/link/video.mp4");
    },
    usr: () => Deno.writeTextFileSync("/usr/farpad-test", ""),
    others: () => {
      const ids = [...Deno.readDirSync("/proc")].filter(({ name }) => /^[0-9]+$/.test(name));
      if (ids.length <= 2) throw new Error("it sees itself and bubblewrap alone");
    },
  };
  const done = Object.entries(tries).filter(([, attempt]) => {
    try { attempt(); return true; } catch { return false; }
  });
  console.log(done.map(([name]) => name).join());
`;

/** Some machines, such as containers with a strict profile, refuse every namespace. */
async function runsAtAll(): Promise<boolean> {
  const args = ["--ro-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "true"];
  try {
    return (await new Deno.Command("bwrap", { args, stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("[CHI6] [REC15] a confined process reads no key and no recording of another room, sees no other process, and writes saves and its own recording alone", async () => {
  const data = await Deno.makeTempDir();
  await Deno.writeTextFile(`${data}/sealing_key.txt`, "SECRET");
  const others = ["recordings/rec_1", "recordings/.unfinished/2"].map((name) =>
    `${data}/${name}/video.mp4`
  );
  for (const other of others) {
    await Deno.mkdir(dirname(other), { recursive: true });
    await Deno.writeTextFile(other, "another room");
  }
  const own = `${data}/recordings/.unfinished/1`;
  await Deno.mkdir(own);
  const runtime = Deno.execPath();
  const lines: string[] = [];
  const command = await openSandbox({
    folders: { data, roms: `${data}/roms`, cores: [] },
    runtime,
    cache: cacheFolder(),
    log: createLog({ clock: systemClock, sink: (line) => void lines.push(line) }),
  });
  if (command.length === 0) {
    ok(!await runsAtAll(), `bubblewrap runs here, and rooms are not confined: ${lines.join()}`);
    return console.log(`not run, bubblewrap may not be used on this machine: ${lines.join()}`);
  }
  const [program = "", ...args] = [
    ...withFolder(command, own),
    ...[runtime, "eval", SCRIPT, data],
  ];
  const { stdout, stderr } = await new Deno.Command(program, { args }).output();
  equal(
    new TextDecoder().decode(stdout).trim(),
    "save,ownRecording",
    new TextDecoder().decode(stderr),
  );
  deepEqual(await Deno.readTextFile(`${data}/saves/a`), "saved");
  deepEqual(await Deno.readTextFile(`${own}/video.mp4`), "recorded");
  for (const other of others) equal(await Deno.readTextFile(other), "another room");
  await Deno.remove(data, { recursive: true });
});
