import { deepEqual, equal } from "node:assert/strict";
import { type CoordinatorProcess, startCoordinator } from "../../support/coordinator/process.ts";

const PAGE = new URL("../../../docs/OPERATIONS.md", import.meta.url);
const PERSON = { email: "ada@farpad.example", name: "Ada", password: "correct horse battery" };

Deno.test("[STO11] a backup as the operations page makes it brings people and saves back", async () => {
  const folder = await Deno.makeTempDir({ prefix: "farpad-backup-" });
  const data = `${folder}/data`;
  const save = `${data}/saves/usr_1/duel/1.state.gz`;
  try {
    const section = (await Deno.readTextFile(PAGE)).split("### Backup")[1]!.split("\n## ")[0]!;
    const [backup = "", restore = ""] = [...section.matchAll(/^```sh\n(.*?)^```/gms)]
      .map(([, lines]) => lines!);
    {
      await using coordinator = await start(data);
      const token = await coordinator.setupToken();
      equal(await post(coordinator, "setup", { token, ...PERSON }), 201);
      await Deno.mkdir(`${data}/saves/usr_1/duel`, { recursive: true });
      await Deno.writeFile(save, Uint8Array.of(1, 2, 3));
      await Deno.writeTextFile(`${data}/saves/.1-1.part`, "half");
      if (!await hasSqlite()) {
        return console.log("There is no sqlite3 here, so no backup is made: apt install sqlite3");
      }
      await shell(folder, backup);
    }
    await Deno.remove(data, { recursive: true });
    await shell(folder, restore);
    deepEqual([...Deno.readFileSync(save)], [1, 2, 3]);
    deepEqual([...Deno.readDirSync(`${data}/saves`)].map(({ name }) => name), ["usr_1"]);
    for (const path of [data, `${folder}/backup/farpad.db`, `${data}/farpad.db`]) {
      equal((await Deno.stat(path)).mode! & 0o077, 0, `${path} can be read by others`);
    }
    await using coordinator = await start(data);
    equal(await post(coordinator, "login", PERSON), 200);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function start(data: string): Promise<CoordinatorProcess> {
  const started = await startCoordinator({ FARPAD_DATA: data, FARPAD_PORT: "0" });
  if ("code" in started) throw new Error(started.output);
  return started;
}

async function post({ url }: CoordinatorProcess, path: string, body: unknown): Promise<number> {
  const answer = await fetch(`${url}/api/auth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await answer.body?.cancel();
  return answer.status;
}

function hasSqlite(): Promise<boolean> {
  return shell("/", "sqlite3 --version").then(() => true, () => false);
}

/** Runs lines of a shell and stops at the first that fails. */
async function shell(cwd: string, lines: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-e", "-c", lines],
    cwd,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot run:\n${lines}\n${new TextDecoder().decode(stderr)}`);
}
