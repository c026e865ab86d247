import { deepEqual, throws } from "node:assert/strict";
import { beginWith, Places } from "../../../tools/gate/files.ts";

Deno.test("the files that take longest begin first, in their order", () => {
  deepEqual(beginWith(["c", "b"], ["a", "b", "c", "d"]), ["c", "b", "a", "d"]);
  deepEqual(beginWith([], ["a", "b"]), ["a", "b"]);
});

Deno.test("a file that is to begin first and is gone is named", () => {
  throws(() => beginWith(["x"], ["a"]), /x/);
});

Deno.test("steps that share places run so many files at a time, in the order in which they ask", async () => {
  const places = new Places(2);
  const began: number[] = [];
  const ask = async (n: number) => {
    const place = await places.take();
    began.push(n);
    return place;
  };
  const asked = [1, 2, 3, 4].map(ask);
  const first = await asked[0]!;
  await asked[1];
  deepEqual(began, [1, 2]);
  first[Symbol.dispose]();
  (await asked[2]!)[Symbol.dispose]();
  await asked[3];
  deepEqual(began, [1, 2, 3, 4]);
});
