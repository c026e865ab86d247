import { deepEqual, throws } from "node:assert/strict";
import { beginWith } from "../../../tools/gate/files.ts";

Deno.test("the files that take longest begin first, in their order", () => {
  deepEqual(beginWith(["c", "b"], ["a", "b", "c", "d"]), ["c", "b", "a", "d"]);
  deepEqual(beginWith([], ["a", "b"]), ["a", "b"]);
});

Deno.test("a file that is to begin first and is gone is named", () => {
  throws(() => beginWith(["x"], ["a"]), /x/);
});
