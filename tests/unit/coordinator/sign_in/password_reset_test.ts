import { deepEqual, equal, ok } from "node:assert/strict";
import { RESET_LIFETIME } from "../../../../coordinator/sign_in/password_reset.ts";
import { type Bench, openBench, type Person } from "../../../support/control/bench.ts";

const EMAIL = "op@x.example";
const NEW = "a new password";

async function setup() {
  const bench = await openBench();
  const admin = await bench.admin();
  const operator = await bench.person(admin, { role: "operator", email: EMAIL });
  return { bench, admin, operator };
}

/** The token of a new reset link. */
async function link(bench: Bench, as: Person, { user_id }: Person): Promise<string> {
  const { status, body } = await bench.http("POST", `/api/users/${user_id}/reset`, { as });
  equal(status, 201);
  ok(body.path.startsWith("/operator/reset#token="));
  return body.path.split("token=")[1];
}

const use = (bench: Bench, token: string, password = NEW) =>
  bench.http("POST", "/api/auth/reset", { body: { token, password } });

const signIn = (bench: Bench, password: string) =>
  bench.http("POST", "/api/auth/login", { body: { email: EMAIL, password } });

Deno.test("[ACC21] a reset link sets a new password once, and ends every login", async () => {
  const { bench, admin, operator } = await setup();
  using _ = bench;
  const token = await link(bench, admin, operator);
  equal((await bench.http("GET", "/api/auth/me", { as: operator })).status, 200);
  const both = await Promise.all([use(bench, token), use(bench, token, "another one")]);
  deepEqual(both.map(({ status }) => status).sort(), [200, 401]);
  equal((await bench.http("GET", "/api/auth/me", { as: operator })).status, 401);
  const chosen = both[0]!.status === 200 ? NEW : "another one";
  equal((await signIn(bench, chosen)).status, 200);
  equal((await signIn(bench, "correct horse")).status, 401);
  equal((await use(bench, token)).body.error.code, "token_wrong");
});

Deno.test("[ACC21] a link is looked up before it is used: one that works stays as it is, the others say why not", async () => {
  const { bench, admin, operator } = await setup();
  using _ = bench;
  const look = async (kind: "invitation" | "reset", token: string) =>
    (await bench.http("POST", "/api/auth/link", { body: { kind, token } })).body.error?.code;
  const token = await link(bench, admin, operator);
  for (let i = 0; i < 30; i++) equal(await look("reset", token), undefined);
  equal(await look("invitation", token), "token_wrong");
  equal((await use(bench, token)).status, 200);
  equal(await look("reset", token), "token_wrong");

  const body = { role: "operator", email: "new@x.example" };
  const invitation = (await bench.http("POST", "/api/invitations", { as: admin, body })).body.token;
  equal(await look("invitation", invitation), undefined);
  const person = { token: invitation, email: "new@x.example", name: "New", password: NEW };
  equal((await bench.http("POST", "/api/auth/accept", { body: person })).status, 201);
  equal(await look("invitation", invitation), "token_wrong");
  for (let i = 0; i < 30; i++) await look("reset", "usr_none.guess");
  equal(await look("reset", "usr_none.guess"), "rate");
});

Deno.test("[ACC21] a reset link ends after a day, with a newer link, with a changed password, and while disabled", async () => {
  const { bench, admin, operator } = await setup();
  using _ = bench;
  const old = await link(bench, admin, operator);
  const newer = await link(bench, admin, operator);
  equal((await use(bench, old)).body.error.code, "token_wrong");

  const path = `/api/users/${operator.user_id}`;
  await bench.http("PATCH", path, { as: admin, body: { disabled: true } });
  equal((await use(bench, newer)).body.error.code, "token_wrong");
  const refused = await bench.http("POST", `${path}/reset`, { as: admin });
  deepEqual([refused.status, refused.body.error.code], [409, "conflict"]);
  await bench.http("PATCH", path, { as: admin, body: { disabled: false } });

  const as = bench.personOf(await signIn(bench, "correct horse"));
  const body = { current: "correct horse", next: NEW };
  await bench.http("POST", "/api/auth/password", { as, body });
  equal((await use(bench, newer)).body.error.code, "token_wrong");

  const late = await link(bench, admin, operator);
  bench.clock.advance(RESET_LIFETIME);
  equal((await use(bench, late)).body.error.code, "token_expired");
});

Deno.test("[ACC21] only an administrator makes a reset link, and no answer or log holds its token", async () => {
  const { bench, admin, operator } = await setup();
  using _ = bench;
  const path = `/api/users/${admin.user_id}/reset`;
  equal((await bench.http("POST", path, { as: operator })).status, 403);
  const missing = await bench.http("POST", "/api/users/usr_none/reset", { as: admin });
  equal(missing.status, 404);
  const token = await link(bench, admin, operator);
  await use(bench, token);
  const { body } = await bench.http("GET", "/api/audit?action=password.", { as: admin });
  deepEqual(body.items.map((entry: { action: string }) => entry.action).sort(), [
    "password.reset",
    "password.reset_link",
  ]);
  const users = await bench.http("GET", "/api/users", { as: admin });
  const secret = token.split(".")[1]!;
  for (const text of [JSON.stringify([body, users.body]), ...bench.lines]) {
    equal(text.includes(secret) || text.includes('reset":'), false);
  }
});
