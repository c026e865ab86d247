import { deepEqual, throws } from "node:assert/strict";
import { checkNames, readForbidden } from "../../../tools/shape/glossary.ts";
import { declaredNames, wordsOf } from "../../../tools/shape/names.ts";

const GLOSSARY = `# Glossary

| term | here it means |
| ---- | ------------- |
| door | in another table |

## Words that no name contains

| word        | say instead       |
| ----------- | ----------------- |
| bandwidth   | bitrate           |
| books, book | records           |

## More

| tail | not of the table |
`;

Deno.test("readForbidden() reads the rows of its table alone, several words a row", () => {
  deepEqual(readForbidden(GLOSSARY), [
    { word: "bandwidth", instead: "bitrate" },
    { word: "books", instead: "records" },
    { word: "book", instead: "records" },
  ]);
});

Deno.test("readForbidden() fails without the table", () => {
  throws(() => readForbidden("# Glossary\n"), /no table/);
});

Deno.test("wordsOf() parts camel case, snake case, acronyms and paths", () => {
  deepEqual(wordsOf("maxBandwidth_bps"), ["max", "bandwidth", "bps"]);
  deepEqual(wordsOf("RTPBooks"), ["rtp", "books"]);
  deepEqual(wordsOf("worker/stream_books"), ["worker", "stream", "books"]);
});

Deno.test("declaredNames() finds what a file declares, not what it uses", () => {
  const text = `
    import { theirs } from "./a.ts";
    export interface Shape { readonly member: number; method(): void; }
    class Thing { #hidden = theirs.used; act(given: string) { const { part, as: own } = read(given); } }
    const arrow = ([first]: string[], { inner = 1 }) => first;
  `;
  deepEqual(declaredNames("x.ts", text).map(({ name }) => name).sort(), [
    ...["Shape", "Thing", "act", "arrow", "first", "given", "hidden", "member", "method", "own"],
  ]);
});

Deno.test("checkNames() reports names and paths with the glossary's advice", () => {
  const text = "const userBandwidth = 1;\nconst bookshelf = userBandwidth;\n";
  deepEqual(checkNames("worker/stream_books.ts", text, readForbidden(GLOSSARY)), [
    'worker/stream_books.ts: its path contains "books"; the glossary says: records',
    'worker/stream_books.ts:1: the name userBandwidth contains "bandwidth"; the glossary says: bitrate',
  ]);
});
