import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  matches,
  nextSort,
  readSort,
  sortRows,
  type SortValue,
  visibleRows,
  writeSort,
} from "../../../web/operator/model/table.ts";
import { addressParts } from "../../../web/operator/table/address.tsx";
import { modulePath } from "../../../web/shared/qr/qr.tsx";

const sorted = (rows: readonly SortValue[], down = false) =>
  sortRows(rows, { value: (row) => row, down });

Deno.test("[DSH11] names sort as people count, and absent values come last either way", () => {
  deepEqual(sorted(["box-10", undefined, "Box-2", "box-1"]), [
    "box-1",
    "Box-2",
    "box-10",
    undefined,
  ]);
  deepEqual(sorted([3, undefined, 10, 1], true), [10, 3, 1, undefined]);
});

Deno.test("[DSH11] equal rows keep their order", () => {
  const rows = [["a", 1], ["b", 0], ["c", 1], ["d", 0]] as const;
  const value = ([, figure]: (typeof rows)[number]) => figure;
  deepEqual(sortRows(rows, { value, down: true }).map(([name]) => name), ["a", "c", "b", "d"]);
});

Deno.test("[DSH11] a head sorts one way, then the other, then not", () => {
  const one = nextSort(undefined, "loss", { downFirst: true });
  deepEqual(one, { column: "loss", down: true });
  const two = nextSort(one, "loss", { downFirst: true });
  deepEqual(two, { column: "loss", down: false });
  equal(nextSort(two, "loss", { downFirst: true }), undefined);
  deepEqual(nextSort(two, "name"), { column: "name", down: false });
});

Deno.test("the address holds the sort; an unknown column is ignored", () => {
  const columns = ["name", "loss"];
  deepEqual(readSort("-loss", columns), { column: "loss", down: true });
  equal(readSort("age", columns), undefined);
  equal(readSort(undefined, columns), undefined);
  equal(writeSort(readSort("-loss", columns)), "-loss");
  equal(writeSort(undefined), undefined);
});

Deno.test("[DSH11] every word of a search must be found; case and accents do not matter", () => {
  equal(matches("quai NORD", ["Caméra du Quai nord"]), true);
  equal(matches("camera", ["Caméra du Quai nord", undefined]), true);
  equal(matches("quai sud", ["Caméra du Quai nord"]), false);
  equal(matches("  ", []), true);
});

Deno.test("[DSH11] of a thousand rows those near the screen are drawn, and always the visible ones", () => {
  const window = (top: number) => visibleRows({ top, height: 800, rowHeight: 40, count: 1_000 });
  deepEqual(window(200), { first: 0, end: 27 });
  const { first, end } = window(-20_000);
  ok(first <= 500 && end >= 520 && end - first < 60);
  fc.assert(fc.property(fc.integer({ min: -60_000, max: 2_000 }), fc.nat(1_000), (top, count) => {
    const { first, end } = visibleRows({ top, height: 800, rowHeight: 40, count });
    ok(first >= 0 && first <= end && end <= count);
    for (let row = 0; row < count; row++) {
      const at = top + row * 40;
      if (at + 40 > 0 && at < 800) ok(row >= first && row < end);
    }
  }));
});

Deno.test("a QR code draws each run of dark modules as one bar", () => {
  const path = modulePath([[true, true, false, true], [false, false, true, false]]);
  equal(path, "M0 0h2v1h-2zM3 0h1v1h-1zM2 1h1v1h-1z");
});

Deno.test("[DSH14] an address breaks after its signs, never within a word, and is otherwise as it was", () => {
  deepEqual(addressParts("ada.king@mail.example-org.uk"), [
    "ada.",
    "king@",
    "mail.",
    "example-",
    "org.",
    "uk",
  ]);
  deepEqual(addressParts("srt://in.tv:9000?mode=caller"), [
    "srt://",
    "in.",
    "tv:",
    "9000?",
    "mode=",
    "caller",
  ]);
  deepEqual(addressParts(""), []);
  fc.assert(fc.property(fc.string(), (text) => equal(addressParts(text).join(""), text)));
});
