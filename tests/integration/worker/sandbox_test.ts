import { deepEqual, equal, ok } from "node:assert/strict";
import { createLog } from "../../../protocol/log.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { cacheFolder } from "../../../worker/config.ts";
import { openSandbox } from "../../../worker/isolation/sandbox.ts";

/** Tries what a room's native code may not do, and prints what succeeded. */
const SCRIPT = `
  const [data] = Deno.args;
  const tries = {
    key: () => Deno.readTextFileSync(data + "/sealing_key.txt"),
    save: () => Deno.writeTextFileSync(data + "/saves/a", "saved"),
    system: () => Deno.writeTextFileSync(data + "/system/a", ""),
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

Deno.test("[CHI6] a confined process reads no key, sees no other process, and writes saves alone", async () => {
  const data = await Deno.makeTempDir();
  await Deno.writeTextFile(`${data}/sealing_key.txt`, "SECRET");
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
  const [program = "", ...args] = [...command, runtime, "eval", SCRIPT, data];
  const { stdout, stderr } = await new Deno.Command(program, { args }).output();
  equal(new TextDecoder().decode(stdout).trim(), "save", new TextDecoder().decode(stderr));
  deepEqual(await Deno.readTextFile(`${data}/saves/a`), "saved");
  await Deno.remove(data, { recursive: true });
});
