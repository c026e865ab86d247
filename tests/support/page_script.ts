/**
 * Turns a module meant for a page into one script, to be run there before the page's own.
 *
 * @module
 */
import { build } from "rolldown";

/** Bundles `tests/support/page/NAME.ts` and all it imports. */
export async function pageScript(name: string): Promise<string> {
  const { output: [{ code }] } = await build({
    input: new URL(`./page/${name}.ts`, import.meta.url).pathname,
    write: false,
    output: { format: "iife", name: "farpadPage" },
  });
  return code;
}
