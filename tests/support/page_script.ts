/**
 * Turns a module meant for a page into one script, to be run there before the page's own.
 *
 * @module
 */
import { build } from "vite";

/** Bundles `tests/support/page/NAME.ts` and all it imports. */
export async function pageScript(name: string): Promise<string> {
  const entry = new URL(`./page/${name}.ts`, import.meta.url).pathname;
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ["iife"], name: "farpadPage" },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !("output" in output)) throw new Error(`Cannot bundle ${entry}`);
  return output.output[0].code;
}
