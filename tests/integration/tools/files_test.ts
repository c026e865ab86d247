import { deepEqual } from "node:assert/strict";
import { runFiles, testFiles } from "../../../tools/gate/files.ts";

Deno.test("a test file whose process ends early is named, and the other files have their results", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/inner`);
    const good = `${folder}/a_test.ts`;
    const bad = `${folder}/inner/b_test.ts`;
    await Deno.writeTextFile(good, 'Deno.test("passes", () => {});');
    await Deno.writeTextFile(bad, 'Deno.test("ends", () => Deno.kill(Deno.pid, "SIGKILL"));');
    await Deno.writeTextFile(`${folder}/support.ts`, "throw new Error();");
    deepEqual(testFiles([folder]), [good, bad]);
    const verdict = await runFiles([good, bad], {
      command: [Deno.execPath(), "test", "--no-check", "-A"],
      timeLimit: 30_000,
      strict: true,
      atOnce: 2,
    });
    deepEqual(verdict, {
      passed: 1,
      failed: 1,
      ignored: 0,
      problem: `${bad}: ended with code 137 and no result`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
