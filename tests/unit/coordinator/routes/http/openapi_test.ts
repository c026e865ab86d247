import { deepEqual, equal, ok } from "node:assert/strict";
import { api } from "../../../../../protocol/rest/api.ts";
import { type Contract, EVERY_ROLE } from "../../../../../protocol/rest/contract.ts";
import { openBench } from "../../../../support/control/bench.ts";

const contracts: Contract[] = Object.values(api).flatMap((area) => Object.values(area));

Deno.test("[RST8] the OpenAPI document contains every call with its parameters, body and answer", async () => {
  using bench = await openBench();
  const { body } = await bench.http("GET", "/api/openapi.json");
  equal(body.openapi, "3.1.0");
  for (const { method, path, summary, body: sent } of contracts) {
    const operation = body.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    equal(operation?.summary, summary, `${method} ${path}`);
    equal(operation.requestBody !== undefined, sent !== undefined);
  }
  const start = body.paths["/api/senders/{id}/stream/start"].post;
  deepEqual(start.parameters.map((each: { name: string }) => each.name), ["id"]);
});

Deno.test("[RST9] the page of the API loads nothing from other hosts", async () => {
  using bench = await openBench();
  const { body, status } = await bench.http("GET", "/api/docs");
  equal(status, 200);
  for (const { path } of contracts) ok(body.includes(path), path);
  equal(/(?:src|href)="(?:https?:)?\/\//.test(body), false);
  equal(/<script|style=/.test(body), false);
});

Deno.test("[RST10] every call that is not public refuses a caller who is not signed in", async () => {
  using bench = await openBench();
  const viewer = await bench.person(await bench.admin(), {
    role: "viewer",
    fleet: "shared",
    email: "v@x.example",
  });
  for (const { method, path, access } of contracts) {
    if (access === "public") continue;
    const at = path.replaceAll(/:\w+/g, "snd_1");
    equal((await bench.http(method, at)).status, 401, `${method} ${at}`);
    if (access === EVERY_ROLE) continue;
    const answer = await bench.http(method, at, { as: viewer });
    deepEqual([answer.status, answer.body.error.code], [403, "forbidden"], `${method} ${at}`);
  }
});
