import { deepEqual, equal } from "node:assert/strict";
import { Latest } from "../../../../worker/ipc/latest.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const state = { a: 0, b: 0 };
  const reported: string[] = [];
  const latest = new Latest<"a" | "b">({
    clock,
    period: 100,
    report: (key) => void reported.push(`${key}${state[key]}`),
  });
  const change = (key: "a" | "b") => {
    state[key] += 1;
    latest.changed(key);
  };
  return { clock, latest, reported, change };
}

Deno.test("[ROM40] the first change is reported at once, and the newest state of a flood always", () => {
  const { clock, reported, change } = setup();
  for (let n = 0; n < 1_000; n++) change("a");
  deepEqual(reported, ["a1"]);
  clock.advance(100);
  deepEqual(reported, ["a1", "a1000"]);
  clock.advance(1_000);
  equal(reported.length, 2);
  equal(clock.pending, 0);
  change("a");
  deepEqual(reported.at(-1), "a1001");
});

Deno.test("[ROM40] a flood of one thing delays no report of another", () => {
  const { reported, change } = setup();
  for (let n = 0; n < 10; n++) change("a");
  change("b");
  deepEqual(reported, ["a1", "b1"]);
});

Deno.test("[ROM40] what is forgotten, or was disposed of, is reported no more", () => {
  const { clock, latest, reported, change } = setup();
  for (const key of ["a", "a", "b", "b"] as const) change(key);
  latest.forget("a");
  clock.advance(100);
  deepEqual(reported, ["a1", "b1", "b2"]);
  change("b");
  latest[Symbol.dispose]();
  equal(clock.pending, 0);
});
