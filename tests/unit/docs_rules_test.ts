import { deepEqual, ok } from "node:assert/strict";
import { readTree } from "../../tools/shape/tree.ts";

const RULE = /^- \*\*([A-Z]{3}\d+)\*\*/gm;
const tree = await readTree(new URL("../..", import.meta.url).pathname);
const text = (path: string) => tree.get(path) ?? "";
const DOCUMENTS = [...tree.keys()].filter((path) =>
  /^docs\/(PROTOCOL[\w-]*|RULES)\.md$/.test(path)
);
/** The ids of all rules, in the order of the documents. */
const ids = DOCUMENTS.flatMap((path) => [...text(path).matchAll(RULE)].map(([, id]) => id!));
const known = new Set(ids);

/** The rules that tests cite: each in brackets before the name of a test, or first in a row of a table of statements. */
function cited(source: string): string[] {
  const names = [...source.matchAll(/["`](?:\[[A-Z]{3}\d+\] )+/g)]
    .flatMap(([name]) => [...name.matchAll(/[A-Z]{3}\d+/g)].map(([id]) => id));
  const statements = [...source.matchAll(/\[\s*"([A-Z]{3}\d+)",/g)].map(([, id]) => id!);
  return [...names, ...statements];
}

Deno.test("every rule is written down once", () => {
  deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), []);
  ok(ids.length > 1_000);
});

Deno.test("every rule is cited by a test", () => {
  const found = new Set(
    [...tree].filter(([path]) => /^tests\/.*\.tsx?$/.test(path))
      .flatMap(([, source]) => cited(source)),
  );
  deepEqual(ids.filter((id) => !found.has(id)), []);
});

Deno.test("every rule that a test cites is written down", () => {
  const unknown: string[] = [];
  for (const [path, source] of tree) {
    if (!/^tests\/.*\.tsx?$/.test(path)) continue;
    unknown.push(...cited(source).filter((id) => !known.has(id)).map((id) => `${id} in ${path}`));
  }
  deepEqual(unknown, []);
});

Deno.test("every rule that a document or a comment cites is written down", () => {
  const prefixes = new Set(ids.map((id) => id.slice(0, 3)));
  const unknown = new Set<string>();
  for (const [path, source] of tree) {
    if (path.startsWith("tests/")) continue;
    for (const [, id] of source.matchAll(/\b([A-Z]{3}\d+)\b/g)) {
      if (prefixes.has(id!.slice(0, 3)) && !known.has(id!)) unknown.add(`${id} in ${path}`);
    }
  }
  deepEqual([...unknown], []);
});
