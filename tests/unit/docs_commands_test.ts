import { deepEqual, ok } from "node:assert/strict";
import { AGENT_SETTINGS, ENV_PREFIX } from "../../agent/config.ts";
import { launcherPermissions, RUN } from "../../agent/permissions.ts";
import denoJson from "../../deno.json" with { type: "json" };
import packageJson from "../../package.json" with { type: "json" };
import { permissionsOf } from "../../coordinator/permissions.ts";
import { SMALL_HEAP, V8_FLAGS } from "../../protocol/process/small_memory.ts";
import { COORDINATOR_SETTINGS } from "../../protocol/settings/coordinator.ts";
import { envName } from "../../protocol/settings/table.ts";
import { WORKER_SETTINGS } from "../../protocol/settings/worker.ts";
import { readTree } from "../../tools/shape/tree.ts";
import { workerPermissions } from "../../worker/isolation/permissions.ts";

const tree = await readTree(new URL("../..", import.meta.url).pathname);
/** The documents of the present state; the change log describes the past. */
const documents = [...tree].filter(([path]) => path.endsWith(".md") && path !== "CHANGELOG.md");

Deno.test("every command that a document names is a script or a task", () => {
  const unknown: string[] = [];
  for (const [path, markdown] of documents) {
    for (
      const [text, npm, deno] of markdown.matchAll(
        /\bnpm (?:run )?([a-z][\w-]*)|deno task ([\w-]+)/g,
      )
    ) {
      if (npm !== undefined && !text.includes(" run ") && !/^(start|test)$/.test(npm)) continue;
      const isThere = npm === undefined ? deno! in denoJson.tasks : npm in packageJson.scripts;
      if (!isThere) unknown.push(`${path}: ${text}`);
    }
  }
  deepEqual(unknown, []);
});

Deno.test("every script of npm runs the task of its name", () => {
  for (const [name, command] of Object.entries(packageJson.scripts)) {
    ok(command.endsWith(` task ${name}`), command);
    ok(name in denoJson.tasks, name);
  }
});

Deno.test("the minutes of the first half hour add up", () => {
  const section = tree.get("README.md")!.split("## Your first half hour")[1]!;
  const minutes = [...section.matchAll(/\((\d+) min\)/g)].map(([, each]) => Number(each));
  deepEqual(minutes.reduce((sum, each) => sum + each, 0), 30);
});

Deno.test("every variable that a document names is read by a program", () => {
  const settings = [...Object.keys(COORDINATOR_SETTINGS), ...Object.keys(WORKER_SETTINGS), "config"]
    .map((key) => envName(key));
  const agents = [...Object.keys(AGENT_SETTINGS), "config"].map((key) => envName(key, ENV_PREFIX));
  const read = [...tree].filter(([path]) => path.endsWith(".ts"))
    .flatMap(([, source]) => [...source.matchAll(/Deno\.env\.(?:get|has)\("(FARPAD_\w+)"\)/g)])
    .map(([, name]) => name!);
  const known = new Set([...settings, ...agents, ...read]);
  const unknown: string[] = [];
  for (const [path, markdown] of documents) {
    for (const [name] of markdown.matchAll(/\bFARPAD_[A-Z_]*[A-Z]\b/g)) {
      if (name !== "FARPAD_AGENT" && !known.has(name)) unknown.push(`${path}: ${name}`);
    }
  }
  deepEqual(unknown, []);
  const text = documents.map(([, markdown]) => markdown).join("\n");
  deepEqual(read.filter((name) => !text.includes(name)), []);
});

Deno.test("every label that an operator's document names is on a page", () => {
  const pages = [...tree].filter(([path]) => /^web\/.*\.tsx?$/.test(path))
    .map(([, source]) => source).join("\n");
  const missing: string[] = [];
  for (const path of ["README.md", "docs/OPERATIONS.md", "docs/OPERATIONS-AGENT.md"]) {
    const markdown = tree.get(path)!.replaceAll(/`[^`]*`/g, "");
    for (const [, label] of markdown.matchAll(/(?<!\w)_([A-Z][^_]*)_(?!\w)/g)) {
      const words = label!.replaceAll(/\s+/g, " ");
      if (words === "Paddle Duel") continue; // a game
      const written = new RegExp(`["\`>\\s]${RegExp.escape(words)}["\`<…\\s]`);
      if (!written.test(pages)) missing.push(`${path}: ${words}`);
    }
  }
  deepEqual(missing, []);
});

const folders = { data: "/var/lib/farpad/data", roms: "/var/lib/farpad/roms" };
const UNITS = {
  coordinator: permissionsOf({
    data: folders.data,
    web: "/opt/farpad/web/dist",
    tlsCert: undefined,
    tlsKey: undefined,
  }, "/etc/farpad"),
  worker: workerPermissions({ ...folders, cores: [] }, "/etc/farpad"),
};
for (const [program, permissions] of Object.entries(UNITS)) {
  Deno.test(`the unit of the ${program} gives it the permissions that it needs, and no others`, () => {
    const unit = tree.get(`tools/systemd/farpad-${program}.service`)!;
    const lines = unit.replaceAll(/\\\n\s*/g, "");
    const command = /^ExecStart=(.*)$/m.exec(lines)![1]!.split(/\s+/);
    const sorted = (flags: readonly string[]) =>
      flags.map((flag) => flag.split(/[=,]/).sort().join()).sort();
    deepEqual(command.slice(0, 5), [
      "/usr/local/bin/deno",
      "run",
      "--quiet",
      "--no-prompt",
      V8_FLAGS,
    ]);
    for (const [name, value] of Object.entries(SMALL_HEAP)) {
      ok(unit.includes(`${name}=${value}`), name);
    }
    deepEqual(command.at(-1), `${program}/main.ts`);
    deepEqual(sorted(command.slice(5, -1)), sorted(permissions));
  });
}

/** The unit and the command of an installed agent, each of which starts the launcher. */
const LAUNCHERS = {
  "agent/install/farpad-agent.service": /^ExecStart=(.*)$/m,
  "agent/install/install.sh": /^exec runuser -u farpad-agent -- (.*) "\$@"$/m,
};
for (const [path, pattern] of Object.entries(LAUNCHERS)) {
  Deno.test(`[CHI7] ${path} starts the agent's launcher with the permissions that it needs, and no others`, () => {
    const lines = tree.get(path)!.replaceAll(/\\\n\s*/g, "");
    const command = pattern.exec(lines)![1]!.split(/\s+/);
    const folder = "/opt/farpad-agent";
    const permissions = launcherPermissions(`${folder}/versions`, `${folder}/deno`);
    deepEqual(command.slice(0, 1 + RUN.length), [`${folder}/deno`, ...RUN]);
    deepEqual(command.slice(1 + RUN.length), [
      ...permissions,
      `${folder}/farpad-agent-launcher.js`,
    ]);
  });
}
