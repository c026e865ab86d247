import { equal, match } from "node:assert/strict";
import { runCommand } from "../../../tools/gate/command.ts";

Deno.test("a command's output and exit code are kept", async () => {
  const ended = await runCommand(["sh", "-c", "echo out; exit 3"], { timeLimit: 10_000 });
  equal(ended.code, 3);
  equal(ended.output, "out\n");
  equal(ended.timedOut, false);
});

Deno.test("a command past its time limit ends with everything it started", async () => {
  const script = "trap '' TERM; sleep 60 & echo $!; wait; sleep 60";
  const ended = await runCommand(["sh", "-c", script], { timeLimit: 200 });
  equal(ended.timedOut, true);
  equal(ended.code, 124);
  match(ended.output, /^\d+\n$/);
  equal(await isRunning(ended.output.trim()), false);
});

Deno.test("a process that still runs when its command ends is ended too", async () => {
  const ended = await runCommand(["sh", "-c", "sleep 60 & echo $!"], { timeLimit: 10_000 });
  equal(ended.code, 0);
  equal(await isRunning(ended.output.trim()), false);
});

Deno.test("a program that does not exist is a failure, not an exception", async () => {
  const ended = await runCommand(["no-such-program"], { timeLimit: 10_000 });
  equal(ended.code, 127);
});

/** Checks a few times, because a process takes a moment to end. A zombie does not count as running. */
async function isRunning(pid: string): Promise<boolean> {
  for (let check = 0; check < 50; check++) {
    const status = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
    if (status === "" || /\) [ZX] /.test(status)) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
