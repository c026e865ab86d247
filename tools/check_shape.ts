/**
 * Fails when the tree loses its shape: an import against the arrows, an import cycle, time, chance, the
 * environment or a WebSocket in a file that may not use it, a file or folder that grew too large, an unfinished
 * mark, a name that contains a word which the glossary forbids.
 *
 * @module
 */
import { checkShape } from "./shape/check.ts";
import { checkNames, readForbidden } from "./shape/glossary.ts";
import { RULES } from "./shape/rules.ts";
import { checkText } from "./shape/text.ts";
import { isSource, readTree } from "./shape/tree.ts";

const texts = await readTree(new URL("..", import.meta.url).pathname);
const sources = new Map([...texts].filter(([path]) => isSource(path)));
const forbidden = readForbidden(texts.get("docs/GLOSSARY.md") ?? "");
const problems = [
  ...checkShape(sources, RULES),
  ...[...texts].flatMap(([path, text]) => checkText(path, text)),
  ...[...sources].flatMap(([path, text]) => checkNames(path, text, forbidden)),
];
for (const problem of problems) console.error(problem);
console.log(`${sources.size} source files, ${problems.length} problems`);
Deno.exit(problems.length === 0 ? 0 : 1);
