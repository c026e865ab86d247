/**
 * Builds the pages into `web/dist`, unless the files there were built from the same inputs.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeDurably } from "../protocol/disk/durable_file.ts";
import { whyNotKept } from "../protocol/disk/storage_fault.ts";
import { readTree } from "./shape/tree.ts";

const INPUTS = /^(web|protocol)\/|^(vite\.config\.ts|package\.json|deno\.lock)$/;

/** Arguments to Deno that run Vite's command line, in a process of its own: Vite loads native code with threads. */
export const VITE: readonly string[] = [
  "run",
  "--no-prompt",
  "-A",
  new URL("../node_modules/vite/bin/vite.js", import.meta.url).pathname,
];

if (import.meta.main) {
  console.log(await buildWeb() ? "Built web/dist" : "web/dist is up to date");
}

/**
 * Returns whether anything had to be built.
 *
 * @throws {Error} when the build fails; Vite has said why
 */
export async function buildWeb(): Promise<boolean> {
  const root = new URL("..", import.meta.url).pathname;
  const stamp = join(root, "web/dist/.inputs");
  const inputs = await hashInputs(root);
  if (await Deno.readTextFile(stamp).catch(() => "") === inputs) return false;
  try {
    // Also removes the mark of the pages that the build replaces.
    await writeDurably(stamp, "");
  } catch (cause) {
    throw new Error(`Cannot build the pages into ${join(root, "web/dist")}: ${whyNotKept(cause)}`, {
      cause,
    });
  }
  const { success, code } = await new Deno.Command(Deno.execPath(), {
    args: [...VITE, "build", "--logLevel", "warn"],
    cwd: root,
    stdin: "null",
  }).spawn().status;
  if (!success) throw new Error(`Cannot build the pages: Vite ended with exit code ${code}`);
  await Deno.writeTextFile(stamp, inputs);
  return true;
}

async function hashInputs(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const [path, text] of await readTree(root)) {
    if (INPUTS.test(path)) hash.update(`${path}\0${text}\0`);
  }
  return hash.digest("hex");
}
