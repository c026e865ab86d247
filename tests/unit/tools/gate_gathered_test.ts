import { deepEqual, match } from "node:assert/strict";
import { gather } from "../../../tools/gate/gathered.ts";

const files = [
  "tests/unit/a/one_test.ts",
  "tests/unit/b/c/two_test.ts",
  "tests/unit/b/three_test.ts",
];

Deno.test("the files of a folder and of those in it are imported by one module, the largest first", () => {
  const [first, second, ...more] = gather("tests/unit", files);
  deepEqual([first?.name, second?.name, more], ["b_test.ts", "a_test.ts", []]);
  match(
    first!.text,
    /^import "file:.*\/tests\/unit\/b\/c\/two_test.ts";\nimport ".*three_test.ts";\n$/,
  );
});

Deno.test("files beside the folders have a module as well", () => {
  deepEqual(gather("tests/unit", ["tests/unit/docs_test.ts"]).map(({ name }) => name), [
    "files_test.ts",
  ]);
});
