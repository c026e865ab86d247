import { deepEqual } from "node:assert/strict";

/** Rooms and egress processes that are started and killed here; `npm run bench -- churn` does 200 of each. */
const COUNT = "8";

Deno.test("[CHI4] starts and kills of rooms and destinations leave no process, descriptor, port or file", async () => {
  const main = new URL("../../bench/main.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, "churn", COUNT],
    stderr: "inherit",
  }).output();
  const last = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  const { figures } = JSON.parse(last) as { figures: Record<string, number> };
  const names = ["processes", "descriptors", "sockets", "ports", "files"];
  const at = (when: string) => names.map((name) => [name, figures[`${name}_${when}`]]);
  deepEqual(at("after"), at("before"));
  deepEqual(figures.rooms_ended_first, 0);
  deepEqual([figures.processes_after, figures.ports_after, figures.files_after], [0, 0, 1]);
});
