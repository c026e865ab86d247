import { deepEqual, equal, match, throws } from "node:assert/strict";
import { SimpleDisposableStack } from "../../../../web/disposal.ts";
import { readTree } from "../../../../tools/shape/tree.ts";

const ROOT = new URL("../../../..", import.meta.url).pathname;
/** Not in Chromium 123, Firefox 132 or Safari 17.5, the oldest browsers that the pages are built for. */
const TOO_NEW: readonly RegExp[] = [
  /\bPromise\.try\b/,
  /\bRegExp\.escape\b/,
  /\bError\.isError\b/,
  /\bMath\.(f16round|sumPrecise)\b/,
  /\b(from|set|to)(Base64|Hex)\(/,
  /\bIterator\.(from|concat|zip)\b/,
  /(?<!Object)\.(values|keys|entries|matchAll)\([^()]*\)\s*\.(map|filter|find|some|every|reduce|flatMap|take|drop|toArray|forEach)\(/,
  /\.getOrInsert(Computed)?\(/,
  /\bTemporal\./,
  /\bscheduler\.(yield|postTask)\b/,
  /\brequestIdleCallback\b/,
  /\bstartViewTransition\b/,
  /\bawait using\b/,
  /\bSuppressedError\b/,
];
/** In styles. */
const TOO_NEW_STYLES =
  /anchor-name|position-anchor|field-sizing|interpolate-size|@scope|scroll-timeline|animation-timeline|appearance: base-select|transition-behavior|\breading-flow|corner-shape|sibling-index/;
/** Parts of `protocol/` that no page imports. */
const ELSEWHERE = /^protocol\/(field|disk|datagram|driving)\//;

async function pageSources(): Promise<ReadonlyMap<string, string>> {
  const tree = await readTree(ROOT);
  return new Map(
    [...tree].filter(([path]) => /^(web|protocol)\//.test(path) && !ELSEWHERE.test(path)),
  );
}

Deno.test("[BRW1] the pages use no API that the oldest supported browsers lack", async () => {
  const found: string[] = [];
  for (const [path, text] of await pageSources()) {
    const patterns = path.endsWith(".css") ? [TOO_NEW_STYLES] : TOO_NEW;
    for (const pattern of patterns) {
      const hit = pattern.exec(text);
      if (hit) found.push(`${path}: ${hit[0]}`);
    }
  }
  deepEqual(found, []);
});

Deno.test("[BRW1] both entries supply disposal before anything else", async () => {
  const sources = await pageSources();
  for (const entry of ["web/play/main.tsx", "web/operator/main.tsx"]) {
    match(sources.get(entry) ?? "", /^\/\*\*[^]*?\*\/\nimport "\.\.\/disposal\.ts";\n/);
  }
  match(
    await Deno.readTextFile(`${ROOT}vite.config.ts`),
    /\["chrome123", "firefox132", "safari17\.5"\]/,
  );
});

Deno.test("[BRW1] the supplied stack ends its parts from the newest on, each once", () => {
  const ended: string[] = [];
  const stack = new SimpleDisposableStack();
  const part = { [Symbol.dispose]: () => void ended.push("part") };
  equal(stack.use(part), part);
  equal(stack.use(undefined), undefined);
  stack.defer(() => void ended.push("later"));
  equal(stack.disposed, false);
  stack[Symbol.dispose]();
  stack.dispose();
  deepEqual(ended, ["later", "part"]);
  equal(stack.disposed, true);
  throws(() => stack.defer(() => {}), ReferenceError);
});

Deno.test("[BRW1] the supplied stack ends all parts although one throws", () => {
  const ended: string[] = [];
  const stack = new SimpleDisposableStack();
  stack.defer(() => void ended.push("first"));
  stack.defer(() => {
    throw new Error("broken");
  });
  throws(() => stack.dispose(), { message: "broken" });
  deepEqual(ended, ["first"]);
});
