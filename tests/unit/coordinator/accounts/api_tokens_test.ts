import { deepEqual, equal, match, ok } from "node:assert/strict";
import { api } from "../../../../protocol/rest/api.ts";
import type { Contract } from "../../../../protocol/rest/contract.ts";
import { type Bench, openBench, type Person } from "../../../support/control/bench.ts";

const DAY = 24 * 3_600_000;

async function setup() {
  const bench = await openBench();
  return { bench, admin: await bench.admin() };
}

async function mint(bench: Bench, as: Person, scope: string, days = 30) {
  const body = { name: `For ${scope}`, scope, days };
  const answer = await bench.http("POST", "/api/auth/tokens", { as, body });
  equal(answer.status, 201);
  const { item, token } = answer.body;
  return { id: item.token_id as string, as: { token, cookie: "", user_id: as.user_id } as Person };
}

const read = (bench: Bench, as: Person) => bench.http("GET", "/api/senders", { as });
const operate = (bench: Bench, as: Person) =>
  bench.http("POST", "/api/senders", { as, body: { name: "Box" } });
const manage = (bench: Bench, as: Person) =>
  bench.http("PUT", "/api/access", { as, body: { policy: "anyone" } });

Deno.test("[TOK1] a token may do what its scope allows and no more", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  for (
    const [scope, statuses] of [
      ["read", [200, 403, 403]],
      ["operate", [200, 201, 403]],
      ["admin", [200, 201, 200]],
    ] as const
  ) {
    const { as } = await mint(bench, admin, scope);
    const answers = [await read(bench, as), await operate(bench, as), await manage(bench, as)];
    deepEqual(answers.map(({ status }) => status), [...statuses], scope);
  }
});

Deno.test("[TOK2] a token may never do more than its user, now or later, and sees the same fleet", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  await operate(bench, admin);
  const body = { name: "Too much", scope: "admin" };
  const refused = await bench.http("POST", "/api/auth/tokens", { as: operator, body });
  deepEqual([refused.status, refused.body.error.code], [403, "forbidden"]);

  const { as } = await mint(bench, operator, "operate");
  deepEqual((await read(bench, as)).body.items, []);
  const path = `/api/users/${operator.user_id}`;
  await bench.http("PATCH", path, { as: admin, body: { role: "viewer" } });
  equal((await operate(bench, as)).status, 403);
  await bench.http("PATCH", path, { as: admin, body: { disabled: true } });
  equal((await read(bench, as)).status, 401);
  await bench.http("DELETE", path, { as: admin });
  deepEqual(await bench.store.apiTokens.list(), []);
});

Deno.test("[TOK3] a token ends when it expires or is revoked, and another one is not concerned", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const [brief, long] = [await mint(bench, admin, "read", 1), await mint(bench, admin, "read", 2)];
  bench.clock.advance(DAY);
  equal((await read(bench, brief.as)).status, 401);
  equal((await read(bench, long.as)).status, 200);
  const as = bench.personOf(
    await bench.http("POST", "/api/auth/login", {
      body: { email: "admin@farpad.example", password: "correct horse" },
    }),
  );
  const stranger = await bench.person(as, { role: "operator", email: "op@x.example" });
  const revoke = (by: Person) => bench.http("DELETE", `/api/auth/tokens/${long.id}`, { as: by });
  equal((await revoke(stranger)).status, 404);
  equal((await revoke(as)).status, 200);
  equal((await read(bench, long.as)).status, 401);
});

Deno.test("[TOK4] a token is shown once and stored as a hash; the list has the time of its last use", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const { id, as } = await mint(bench, admin, "read");
  const list = async () => (await bench.http("GET", "/api/auth/tokens", { as: admin })).body.items;
  equal((await list())[0].last_used_at, undefined);
  bench.clock.advance(1_000);
  await read(bench, as);
  const first = (await list())[0].last_used_at;
  equal(first, bench.clock.epoch());
  bench.clock.advance(59_000);
  await read(bench, as);
  equal((await list())[0].last_used_at, first);
  const secret = as.token.split(".")[1]!;
  const kept = JSON.stringify([await list(), await bench.store.apiTokens.get(id)]);
  equal(kept.includes(secret), false);
  equal(JSON.stringify(await list()).includes("hash"), false);
});

Deno.test("[TOK5] no token manages an account: passwords, logins, tokens", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const { as } = await mint(bench, admin, "admin");
  const contracts: Contract[] = Object.values(api).flatMap((area) => Object.values(area));
  const forLogins = contracts.filter(({ byLogin }) => byLogin);
  ok(forLogins.length >= 7);
  for (const { method, path } of forLogins) {
    const body = method === "GET" ? {} : { body: {} };
    const answer = await bench.http(method, path.replace(":id", "usr_1"), { as, ...body });
    deepEqual([path, answer.status, answer.body.error.code], [path, 403, "forbidden"]);
  }
  equal((await bench.http("POST", "/api/auth/refresh", { as })).status, 401);
});

Deno.test("[TOK6] the audit log names who made and revoked a token, and what it did", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  bench.clock.advance(1);
  const { id, as } = await mint(bench, admin, "operate");
  bench.clock.advance(1);
  await operate(bench, as);
  bench.clock.advance(1);
  await bench.http("DELETE", `/api/auth/tokens/${id}`, { as: admin });
  const { items } = (await bench.http("GET", "/api/audit", { as: admin })).body;
  const entries = items.map((
    entry: { action: string; actor: string },
  ) => [entry.action, entry.actor]);
  deepEqual(entries.slice(0, 3), [
    ["token.revoke", "admin@farpad.example"],
    ["sender.create", "admin@farpad.example by token For operate"],
    ["token.create", "admin@farpad.example"],
  ]);
  match(items[2].detail, /^For operate: operate, 30 days$/);
});

Deno.test("[TOK7] a user has at most fifty tokens", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  for (let n = 0; n < 50; n++) await mint(bench, admin, "read");
  const body = { name: "One more", scope: "read" };
  equal((await bench.http("POST", "/api/auth/tokens", { as: admin, body })).status, 409);
});
