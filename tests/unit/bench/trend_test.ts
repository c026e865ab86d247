import { equal } from "node:assert/strict";
import { slope } from "../../bench/trend.ts";

Deno.test("slope() is the rise for each unit of x", () => {
  equal(slope([{ x: 0, y: 1 }, { x: 1, y: 3 }, { x: 2, y: 5 }]), 2);
});

Deno.test("slope() averages noise out", () => {
  equal(slope([{ x: 0, y: 0 }, { x: 0, y: 2 }, { x: 1, y: 1 }, { x: 1, y: 3 }]), 1);
});

Deno.test("slope() of no point, or of points with one x, is zero", () => {
  equal(slope([]), 0);
  equal(slope([{ x: 1, y: 1 }, { x: 1, y: 9 }]), 0);
});
