import { deepEqual, equal } from "node:assert/strict";
import { openBench, type Person } from "../../../support/control/bench.ts";
import { factsOf } from "../../../support/coordinator/request_facts.ts";
import { offerWith } from "../../../support/signalling/offers.ts";
import { admitBearer } from "../../../../coordinator/http_signalling/bearer.ts";
import { isRefused } from "../../../../coordinator/refusals.ts";

type Bench = Awaited<ReturnType<typeof openBench>>;

async function tokenOf(bench: Bench, as: Person, scope = "read"): Promise<[string, string]> {
  const body = { name: "wall", scope, days: 1 };
  const { body: made } = await bench.http("POST", "/api/auth/tokens", { as, body });
  return [made.token, made.item.token_id];
}

function post(bench: Bench, token?: string) {
  const headers = {
    "content-type": "application/sdp",
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const call = { method: "POST", headers, body: offerWith() };
  return Promise.resolve(bench.app.request("/whep/none", call, factsOf({ headers })));
}

Deno.test("[WHP5] an API token gives the rights of its user within its scope, until it is revoked or expires", async () => {
  using bench = await openBench();
  const admin = await bench.admin();
  await bench.http("PUT", "/api/access", { as: admin, body: { policy: "share_link" } });
  const [read, id] = await tokenOf(bench, admin);
  const [all] = await tokenOf(bench, admin, "admin");
  const openings = async (token: string) => {
    const admitted = await admitBearer(bench.control, token);
    return isRefused(admitted) ? admitted.status : admitted.pass.openings.map(({ opens }) => opens);
  };
  deepEqual(await openings(all), ["all"]);
  deepEqual(await openings(read), ["library", "fleet"]);
  equal((await post(bench, read)).status, 404);
  await bench.http("DELETE", `/api/auth/tokens/${id}`, { as: admin });
  equal(await openings(read), 401);
  bench.clock.advance(2 * 24 * 3_600_000);
  equal(await openings(all), 401);
});

Deno.test("[WHP5] a share link is a bearer token; without one, or with another text, nothing is watched", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  await bench.http("PUT", "/api/access", { as, body: { policy: "share_link" } });
  const { body } = await bench.http("POST", "/api/access/links", {
    as,
    body: { name: "wall", role: "watcher" },
  });
  const token = new URLSearchParams(body.path.split("?")[1]).get("share")!;
  equal((await post(bench, token)).status, 404);
  const refused = await post(bench);
  deepEqual([refused.status, refused.headers.get("www-authenticate")], [401, "Bearer"]);
  for (const other of [`${token}x`, "tok_1.secret", "nonsense"]) {
    equal((await post(bench, other)).status, 401, other);
  }
});

Deno.test("[WHP5] a token that is not valid is refused also where everybody may play", async () => {
  using bench = await openBench();
  const as = await bench.admin();
  await bench.http("PUT", "/api/access", { as, body: { policy: "anyone" } });
  equal((await post(bench)).status, 404);
  equal((await post(bench, "nonsense")).status, 401);
});
