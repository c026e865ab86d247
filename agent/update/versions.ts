/**
 * The versions of the agent on this device. `current` is a link to the version that is started. An update is on trial
 * until it is confirmed.
 *
 * ```text
 * <folder>/<name>/farpad-agent.js
 * <folder>/current → <name>
 * <folder>/trial.json      while a new version has not logged in
 * <folder>/outcome.json    outcome of the last update
 * ```
 *
 * @module
 */
import { basename, join } from "node:path";
import * as z from "zod/mini";
import { writeDurably } from "../../protocol/disk/durable_file.ts";

/** File name of the agent's program in the folder of its version. */
export const PROGRAM_FILE = "farpad-agent.js";

/** An update that was not confirmed yet. */
export const Trial = z.object({
  /** The version on trial and the one to go back to, as folder names. */
  version: z.string(),
  previous: z.string(),
  /** The version's name in the update. */
  label: z.optional(z.string()),
});
export type Trial = z.infer<typeof Trial>;

/** The outcome of the last update. */
export const Outcome = z.object({
  state: z.enum(["done", "rolled_back"]),
  version: z.optional(z.string()),
  detail: z.optional(z.string()),
});
export type Outcome = z.infer<typeof Outcome>;

/** Reads and changes the versions on this device. */
export interface Versions {
  /** The program that `current` links to. */
  readonly program: string;
  current(): Promise<string>;
  /** Where a version's program is. */
  pathOf(version: string): string;
  /** Makes a version the current one, in one step. */
  switchTo(version: string): Promise<void>;
  /** Removes all versions but these. */
  keepOnly(versions: readonly string[]): Promise<void>;
  trial(): Promise<Trial | undefined>;
  setTrial(trial: Trial | undefined): Promise<void>;
  outcome(): Promise<Outcome | undefined>;
  setOutcome(outcome: Outcome): Promise<void>;
}

/** Names of versions: the beginning of the SHA-256 of the program, in hex. */
const VERSION_NAME = /^[0-9a-f]{16}$/;

/** The versions below `folder`. `makeLink` makes a symbolic link to `target` at `path`. */
export function openVersions(
  folder: string,
  makeLink: (target: string, path: string) => Promise<void>,
): Versions {
  const link = join(folder, "current");
  const trialFile = join(folder, "trial.json");
  const outcomeFile = join(folder, "outcome.json");
  return {
    program: join(link, PROGRAM_FILE),
    current: async () => basename(await Deno.readLink(link)),
    pathOf: (version) => join(folder, version, PROGRAM_FILE),
    async switchTo(version) {
      const next = `${link}.next`;
      await Deno.remove(next).catch(() => {});
      await makeLink(version, next);
      await Deno.rename(next, link);
    },
    async keepOnly(versions) {
      for await (const { name } of Deno.readDir(folder)) {
        if (!VERSION_NAME.test(name) || versions.includes(name)) continue;
        await Deno.remove(join(folder, name), { recursive: true });
      }
    },
    trial: () => readJson(trialFile, Trial),
    setTrial: (trial) => writeJson(trialFile, trial),
    outcome: () => readJson(outcomeFile, Outcome),
    setOutcome: (outcome) => writeJson(outcomeFile, outcome),
  };
}

async function readJson<T>(path: string, schema: z.ZodMiniType<T>): Promise<T | undefined> {
  try {
    const parsed = schema.safeParse(JSON.parse(await Deno.readTextFile(path)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` removes the file. */
async function writeJson(path: string, value: unknown): Promise<void> {
  if (value !== undefined) {
    return await writeDurably(path, `${JSON.stringify(value)}\n`, { mode: 0o644 });
  }
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
