/**
 * Calls every REST contract with hostile paths, queries, bodies and headers, on the SQLite store. A caller's fault is
 * never a fault of the coordinator: no answer has status 500, and none says that the disk failed.
 *
 * @module
 */
import { equal, notEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { openSqliteStore } from "../../../../../coordinator/adapters/sqlite_store.ts";
import { api } from "../../../../../protocol/rest/api.ts";
import type { Contract } from "../../../../../protocol/rest/contract.ts";
import {
  type Answer,
  type Bench,
  openBench,
  type Person,
} from "../../../../support/control/bench.ts";
import { almostFitting, HOSTILE_TEXTS } from "../../../../support/control/hostile.ts";

/** Calls of each contract. */
const RUNS = 25;

const contracts = Object.entries(api).flatMap(([area, all]) =>
  Object.entries(all as Record<string, Contract>).map(([name, spec]) => ({
    name: `${area}.${name}`,
    spec,
  }))
);

interface Scene extends Disposable {
  readonly bench: Bench;
  readonly admin: Person;
  /** Ids that exist. */
  readonly ids: readonly string[];
}

async function openScene(): Promise<Scene> {
  const bench = await openBench({ store: openSqliteStore(":memory:") });
  const admin = await bench.admin();
  const make = (path: string, body: unknown) => bench.http("POST", path, { as: admin, body });
  const { body: { sender } } = await make("/api/senders", { name: "Box" });
  const destination = { name: "Live", platform: "rtmp", url: "rtmp://live.example/app" };
  const { body: { destination_id } } = await make("/api/destinations", destination);
  const { body: { link } } = await make("/api/access/links", { name: "Friends" });
  const ids = [sender.sender_id, destination_id, link.share_id, admin.user_id] as string[];
  return { bench, admin, ids, [Symbol.dispose]: () => bench[Symbol.dispose]() };
}

function checkAnswer({ status, body }: Answer, what: string): void {
  const code = body?.error?.code;
  notEqual(status, 500, `${what}: ${JSON.stringify(body)}`);
  ok(code !== "internal" && code !== "storage", `${what}: ${code}`);
}

function pathOf({ path }: Contract, id: string): string {
  return path.replaceAll(/:[a-z_]+/g, () => encodeURIComponent(id.toWellFormed()));
}

function queryOf(query: unknown): string {
  if (typeof query !== "object" || query === null) return "";
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return `?${new URLSearchParams(pairs)}`;
}

for (const { name, spec } of contracts) {
  Deno.test(`[RST11] ${name}: no hostile call is a fault of the coordinator`, async () => {
    using scene = await openScene();
    const { bench, admin, ids } = scene;
    const parts = fc.record({
      id: fc.oneof(fc.constantFrom(...ids), fc.constantFrom(...HOSTILE_TEXTS.slice(0, -4))),
      query: spec.query ? almostFitting(spec.query, ids) : fc.constant(undefined),
      body: spec.body ? almostFitting(spec.body, ids) : fc.constant(undefined),
    });
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(parts, async ({ id, query, body }) => {
        const path = pathOf(spec, id) + queryOf(query);
        const address = `198.51.100.${++turn % 250}`;
        const answer = await bench.http(spec.method, path, { as: admin, body, address });
        checkAnswer(answer, `${spec.method} ${path} ${JSON.stringify(body)}`);
      }),
      { numRuns: RUNS },
    );
  });
}

Deno.test("[RST11] a list takes a whole number of rows and nothing else", async () => {
  using scene = await openScene();
  const lists = contracts.filter(({ spec }) => spec.query && spec.method === "GET");
  for (const { spec } of lists) {
    for (const limit of ["1.5", "0", "-1", "201", "NaN", "Infinity", "1e3", "", "x"]) {
      const path = `${spec.path}?limit=${limit}`;
      const answer = await scene.bench.http("GET", path, { as: scene.admin });
      equal(answer.status, 400, path);
    }
  }
});

Deno.test("[RST11] what is no path, query, header or JSON gets an answer below 500", async () => {
  using scene = await openScene();
  const { bench, admin } = scene;
  const paths = [
    "/%",
    "/%00",
    "/%ff",
    "/..%2f..%2fetc",
    "//x",
    "/api/%",
    "/api/senders/%ff/status",
  ];
  const queries = [
    "?zone=%ff",
    "?zone=%00",
    "?cursor=%ff",
    "?cursor=W10",
    "?limit=1&limit=2",
    "?%",
  ];
  const known = ["/api/apps", "/api/workers", "/ws", "/api/openapi.json", "/", "/operator/x"];
  for (const path of [...paths, ...known.flatMap((one) => queries.map((each) => one + each))]) {
    checkAnswer(await bench.http("GET", path, { as: admin }), path);
  }
  const cookies = ["farpad_login=%", "farpad_login=%ff", "farpad_login=", "=", "farpad_login=a.b"];
  for (const cookie of cookies) {
    for (const path of ["/api/auth/refresh", "/api/auth/logout"]) {
      checkAnswer(await bench.http("POST", path, { headers: { cookie } }), cookie);
    }
  }
  for (const authorization of ["Bearer", "Bearer a.b.c", "Bearer ..", "Basic Og==", "Bearer é"]) {
    const headers = { authorization: encodeURI(authorization) };
    checkAnswer(await bench.http("GET", "/api/auth/me", { headers }), authorization);
  }
});

Deno.test("[RST12] a page of another site changes nothing, by any contract", async () => {
  using scene = await openScene();
  const { bench, admin, ids } = scene;
  for (const { name, spec } of contracts.filter((each) => each.spec.method !== "GET")) {
    for (const origin of ["https://evil.example", "null"]) {
      const headers = { origin, cookie: admin.cookie };
      const answer = await bench.http(spec.method, pathOf(spec, ids[0]!), { as: admin, headers });
      equal(answer.status, 403, `${name} from ${origin}`);
      equal(answer.body.error.code, "origin");
    }
  }
  const own = { origin: "https://farpad.example", cookie: admin.cookie };
  equal((await bench.http("POST", "/api/auth/refresh", { headers: own })).status, 200);
});
