import { equal, ok } from "node:assert/strict";
import { extentOf } from "../../../../worker/ipc/extent.ts";

const MANY = 20_000;

Deno.test("[ROM40] every kind of message counts by what it takes to read it", () => {
  const numbers = Array.from({ length: MANY }, (_, n) => n);
  let deep: unknown = 0;
  for (let n = 0; n < MANY; n++) deep = { a: [deep] };
  const named = Object.fromEntries(numbers.map((n) => [`${n}`, n]));
  for (
    const value of [numbers, named, deep, "x".repeat(MANY * 16), { ["x".repeat(MANY * 16)]: 0 }]
  ) {
    const extent = extentOf(value, Infinity);
    ok(extent >= MANY * 16 && extent < MANY * 36, `${extent} bytes`);
    ok(extentOf({ type: "message", message: [value] }, Infinity) > extent);
    ok(extentOf(value, 100) > 100, "no more is looked at than says that it is too much");
  }
});

Deno.test("[ROM40] a short message is short", () => {
  for (const value of [null, undefined, 7, "", [], {}]) equal(extentOf(value, Infinity), 16);
  ok(extentOf({ type: "alive", memory: 80_000_000 }, Infinity) < 80);
});
