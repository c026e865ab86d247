/**
 * A program that starts one child (the first argument) and then reads nothing of what the child sends, for a test
 * that kills it.
 *
 * @module
 */
import { startChild } from "../../../protocol/process/child.ts";

const [entry = ""] = Deno.args;
const child = startChild({ entry, flags: ["--no-check"] });
child.on("message", (message: string) => {
  if (message !== "started") return;
  console.log(`started ${child.pid}`);
  Deno.kill(Deno.pid, "SIGSTOP");
});
