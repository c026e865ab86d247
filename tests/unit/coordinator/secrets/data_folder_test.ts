import { equal, ok, rejects } from "node:assert/strict";
import { openDataFolder } from "../../../../coordinator/secrets/data_folder.ts";

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("[SET16] a data folder that a coordinator uses is refused to a second one", async () => {
  await withFolder(async (folder) => {
    const data = `${folder}/data`;
    const lock = await openDataFolder(data);
    await rejects(openDataFolder(data), /another coordinator is running with it. Stop that one/);
    lock[Symbol.dispose]();
    const again = await openDataFolder(data);
    again[Symbol.dispose]();
    equal((await Deno.stat(data)).mode! & 0o777, 0o700);
  });
});

Deno.test("a data folder that cannot be made is refused with the folder, the reason and the advice", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await rejects(openDataFolder(`${folder}/file/data`), ({ message }: Error) => {
      ok(message.startsWith(`Cannot use the data folder ${folder}/file/data: `), message);
      ok(message.endsWith("Set FARPAD_DATA to a folder that this user can write"), message);
      return true;
    });
    const { message } = await openDataFolder(`${folder}/file`).then(
      () => new Error(),
      (error) => error,
    );
    equal(
      message,
      `Cannot use the data folder ${folder}/file: it is a file. Set FARPAD_DATA to a folder that this user can write`,
    );
  });
});
