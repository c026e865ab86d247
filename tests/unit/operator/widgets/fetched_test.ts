import { deepEqual, equal } from "node:assert/strict";
import { readAll } from "../../../../web/operator/widgets/fetched.ts";

const refusal = {
  ok: false,
  status: 503,
  error: { code: "other", message: "Cannot read the list: try again later" },
} as const;

Deno.test("[RST5] a page shows the items of all pages of a list", async () => {
  const asked: (string | undefined)[] = [];
  const pages = [{ items: [1, 2], next: "b" }, { items: [3], next: "c" }, { items: [4] }];
  const result = await readAll((cursor) => {
    asked.push(cursor);
    return Promise.resolve({ ok: true as const, value: pages[asked.length - 1]! });
  });
  deepEqual(result, { ok: true, value: { items: [1, 2, 3, 4] } });
  deepEqual(asked, [undefined, "b", "c"]);
});

Deno.test("[RST5] a page of a list that is refused refuses the whole list", async () => {
  let calls = 0;
  const first = { ok: true as const, value: { items: [1], next: "b" } };
  const result = await readAll(() => Promise.resolve(++calls === 1 ? first : refusal));
  deepEqual(result, refusal);
});

Deno.test("[RST5] a list without an end is read up to 50 pages", async () => {
  let calls = 0;
  await readAll(() =>
    Promise.resolve({ ok: true as const, value: { items: [calls++], next: "x" } })
  );
  equal(calls, 50);
});
