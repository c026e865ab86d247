/**
 * The launcher of `npm start` as a process of its own, with settings given in any way.
 *
 * @module
 */
import { fileName, flagName } from "../../../protocol/settings/table.ts";
import { until } from "../media/werift_browser.ts";
import { type Process, runProcess } from "./stack.ts";
import { taskCommand } from "./task.ts";

export type Way = "flags" | "environment" | "file";
/** The ways in which a setting can be given. */
export const WAYS: readonly Way[] = ["flags", "environment", "file"];
export type Values = Readonly<Record<string, string>>;

/** The settings, given in one way. */
export async function given(values: Values, way: Way, folder: string) {
  if (way === "flags") {
    return {
      args: Object.entries(values).flatMap(([key, text]) => [flagName(key), text]),
      env: {},
    };
  }
  if (way === "environment") {
    const all = Object.entries(values).map(([key, text]) => [
      `FARPAD_${fileName(key).toUpperCase()}`,
      text,
    ]);
    return { args: [], env: Object.fromEntries(all) as Record<string, string> };
  }
  const path = `${folder}/farpad.toml`;
  const lines = Object.entries(values).map(([key, text]) => {
    const bare = /^(\d+|true|false)$/.test(text);
    return `${fileName(key)} = ${bare ? text : JSON.stringify(text)}`;
  });
  await Deno.writeTextFile(path, lines.join("\n"));
  return { args: ["--config", path], env: {} };
}

/** `npm start` without npm. */
export function startLauncher(
  { args, env }: { args: readonly string[]; env: Record<string, string> },
): Process {
  const { PATH = "", HOME = "", DENO_DIR } = Deno.env.toObject();
  return runProcess({
    name: "launcher",
    args: taskCommand("start", args),
    env: { PATH, HOME, ...(DENO_DIR && { DENO_DIR }), NO_COLOR: "1", ...env },
  });
}

/** Waits until the launcher printed this pattern; returns the captured text, or the whole match. */
export async function printed(process: Process, words: string | RegExp): Promise<string> {
  let found: RegExpExecArray | null = null;
  const pattern = typeof words === "string" ? new RegExp(RegExp.escape(words)) : words;
  try {
    await until(() => (found = pattern.exec(process.output())) !== null);
  } catch {
    throw new Error(`It did not print ${words}, but:\n${process.output()}`);
  }
  return found![1] ?? found![0];
}

/** Calls `use` with a temporary folder and removes it afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "farpad-start-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
