/**
 * Finds programs that are started with every permission of Deno. Those of the product run with the permissions that
 * each needs; only what builds and tests the product may have all.
 *
 * @module
 */

/** The flag in both spellings. The brackets prevent the pattern from matching its own source. */
const EVERY_PERMISSION = /(?<![\w-])(?:-[A]|--allow-[a]ll)(?![\w-])/;
const CHECKED =
  /^(agent|coordinator|examples|media|protocol|tools|worker)\/.*\.(ts|sh|service)$|^deno\.json$/;
/** Files that start what builds and tests. */
const DEVELOPMENT = new Set(["tools/gate/steps.ts", "tools/web_build.ts"]);
/** Tasks of `deno.json` that build and test. */
const DEVELOPMENT_TASK = /^\s*"(dev|build|bundle-agent|check|test|bench|shots)":/;

/** Checks one file; every problem is a sentence that starts with its path and line. */
export function checkPermissions(path: string, text: string): string[] {
  if (!CHECKED.test(path) || DEVELOPMENT.has(path)) return [];
  return text.split("\n").flatMap((line, index) => {
    const found = EVERY_PERMISSION.exec(line);
    if (!found || (path === "deno.json" && DEVELOPMENT_TASK.test(line))) return [];
    return [
      `${path}:${index + 1}: starts a program with ${found[0]}; name the permissions it needs`,
    ];
  });
}
