import { deepEqual, equal, match } from "node:assert/strict";
import { updateReport } from "../../bench/report.ts";

const section = (name: string, value: number) => ({
  name,
  circumstances: "today, 2 cores",
  figures: { fps: value },
});

Deno.test("a first section makes the page", () => {
  const page = updateReport("", section("latency", 60));
  match(page, /^# Benchmarks\n/);
  match(
    page,
    /\n## latency\n\ntoday, 2 cores\n\n\| figure \| value \|\n\|---\|--:\|\n\| `fps` \| 60 \|\n$/,
  );
});

Deno.test("a section measured again is replaced, the others stay, in order of name", () => {
  let page = updateReport("", section("startup", 1));
  page = updateReport(page, section("encode", 2));
  page = updateReport(page, section("startup", 3));
  deepEqual(page.match(/^## .*$|`fps` \| \d+/gm), [
    "## encode",
    "`fps` | 2",
    "## startup",
    "`fps` | 3",
  ]);
});

Deno.test("writing the same figures again changes nothing", () => {
  const page = updateReport("", section("latency", 60));
  equal(updateReport(page, section("latency", 60)), page);
});
