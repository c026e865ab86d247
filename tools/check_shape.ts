/**
 * Fails when the tree breaks a shape rule: an import that is not allowed, an import cycle, time, chance, the
 * environment or a WebSocket in a file that may not use it, a file or folder that is too large, a mark of unfinished
 * work, a program started with every permission, a name that contains a word which the glossary forbids, an exported symbol without a docstring.
 *
 * @module
 */
import { checkShape } from "./shape/check.ts";
import { checkDocstrings } from "./shape/docstrings.ts";
import { checkNames, readForbidden } from "./shape/glossary.ts";
import { checkPermissions } from "./shape/permissions.ts";
import { RULES } from "./shape/rules.ts";
import { checkText } from "./shape/text.ts";
import { isSource, readTree } from "./shape/tree.ts";

const texts = await readTree(new URL("..", import.meta.url).pathname);
const sources = new Map([...texts].filter(([path]) => isSource(path)));
const forbidden = readForbidden(texts.get("docs/GLOSSARY.md") ?? "");
const problems = [
  ...checkShape(sources, RULES),
  ...[...texts].flatMap(([path, text]) => checkText(path, text)),
  ...[...texts].flatMap(([path, text]) => checkPermissions(path, text)),
  ...[...sources].flatMap(([path, text]) => checkNames(path, text, forbidden)),
  ...[...sources]
    .filter(([path]) => RULES.documented.some((folder) => path.startsWith(folder)))
    .flatMap(([path, text]) => checkDocstrings(path, text)),
];
for (const problem of problems) console.error(problem);
console.log(`${sources.size} source files, ${problems.length} problems`);
Deno.exit(problems.length === 0 ? 0 : 1);
