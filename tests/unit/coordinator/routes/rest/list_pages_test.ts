import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { MAX_LOGINS } from "../../../../../coordinator/accounts/logins.ts";
import { byId, pageInMemory } from "../../../../../coordinator/records/page.ts";
import { isRefused } from "../../../../../coordinator/refusals.ts";
import { api } from "../../../../../protocol/rest/api.ts";
import type { Contract } from "../../../../../protocol/rest/contract.ts";
import { helloOf } from "../../../../fakes/coordinator.ts";
import { openBench } from "../../../../support/control/bench.ts";

const WORKER = { send: () => true, close() {} };
/** Contracts whose answer is a list. */
const lists = Object.values(api).flatMap((area) => Object.values(area) as Contract[])
  .filter(({ method, response }) =>
    method === "GET" && response.safeParse({ items: [] }).success &&
    !response.safeParse({ items: 1 }).success
  );

Deno.test("[RST5] every list takes a limit of at most 200 and a cursor, and is refused what is none", async () => {
  const bench = await openBench();
  using _ = bench;
  const as = await bench.admin();
  ok(lists.length >= 13, `${lists.length} lists`);
  const paths = [...lists.map(({ path }) => path), "/api/apps", "/api/workers"];
  for (const path of paths) {
    equal((await bench.http("GET", `${path}?limit=200`, { as })).status, 200, path);
    for (const wrong of ["limit=201", "limit=0", "cursor=x"]) {
      equal((await bench.http("GET", `${path}?${wrong}`, { as })).status, 400, `${path} ${wrong}`);
    }
  }
});

Deno.test("[RST5] lists of what is connected come in pages without gaps or repeats", async () => {
  const bench = await openBench();
  using _ = bench;
  const as = await bench.admin();
  for (let n = 0; n < 5; n++) bench.services.workers.greet(helloOf(`w${n}`), WORKER);
  for (
    const [path, field] of [["/api/fleet/workers", "items"], ["/api/workers", "workers"]] as const
  ) {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const query = `limit=2${cursor === undefined ? "" : `&cursor=${cursor}`}`;
      const { body } = await bench.http("GET", `${path}?${query}`, { as });
      ok(body[field].length <= 2);
      found.push(...body[field].map(({ worker_id }: { worker_id: string }) => worker_id));
      cursor = body.next;
    } while (cursor !== undefined);
    deepEqual(found, ["w0", "w1", "w2", "w3", "w4"], path);
  }
});

Deno.test("[RST5] the pages of a list in memory hold each item once, in order", () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 30 });
  fc.assert(fc.property(ids, fc.integer({ min: 1, max: 9 }), fc.boolean(), (items, limit, up) => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const order = up ? "asc" : "desc";
      const page = pageInMemory(items, { position: byId, order, limit, cursor });
      if (isRefused(page)) throw new Error(page.refusal.message);
      found.push(...page.rows);
      cursor = page.next;
    } while (cursor !== undefined);
    const sorted = [...items].sort();
    deepEqual(found, up ? sorted : sorted.reverse());
  }));
});

Deno.test("[ACC11] a user's login beyond the limit ends the one that was used longest ago", async () => {
  const bench = await openBench();
  using _ = bench;
  const admin = await bench.admin();
  const user = (await bench.store.users.get(admin.user_id))!;
  const from = { address: "192.0.2.1", userAgent: "" };
  for (let n = 0; n < MAX_LOGINS; n++) {
    await bench.clock.run(1);
    await bench.control.logins.open(user, from);
  }
  equal((await bench.store.logins.list()).length, MAX_LOGINS);
  equal((await bench.http("GET", "/api/auth/me", { as: admin })).status, 401);
});
