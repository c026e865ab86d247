/**
 * Builds the pages into `web/dist`, unless the files there were built from the same inputs.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readTree } from "./shape/tree.ts";

const INPUTS = /^(web|protocol)\/|^(vite\.config\.ts|package\.json|deno\.lock)$/;

if (import.meta.main) {
  console.log(await buildWeb() ? "Built web/dist" : "web/dist is up to date");
}

/** Returns whether anything had to be built. */
export async function buildWeb(): Promise<boolean> {
  const root = new URL("..", import.meta.url).pathname;
  const stamp = `${root}/web/dist/.inputs`;
  const inputs = await hashInputs(root);
  if (await Deno.readTextFile(stamp).catch(() => "") === inputs) return false;
  // Vite takes a third of a second to load, so it is loaded only when there is something to build.
  const { build } = await import("vite");
  await build({ configFile: `${root}/vite.config.ts`, logLevel: "warn" });
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
