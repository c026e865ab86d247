import { deepEqual, equal, ok } from "node:assert/strict";
import { isRefused } from "../../../../coordinator/refusals.ts";
import { RoomId } from "../../../../protocol/ids.ts";
import { INVITATION_LIFETIME } from "../../../../coordinator/accounts/invitations.ts";
import {
  BEARER_LIFETIME,
  LOGIN_LIFETIME,
  ROTATION_GRACE,
} from "../../../../coordinator/accounts/logins.ts";
import { TOKEN_SECONDS } from "../../../../coordinator/secrets/signed_token.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { type Bench, openBench, type Person } from "../../../support/control/bench.ts";

const ADMIN = { email: "admin@farpad.example", password: "correct horse" };

async function setup() {
  const bench = await openBench();
  return { bench, admin: await bench.admin() };
}

async function refresh(bench: Bench, cookie: string) {
  const answer = await bench.http("POST", "/api/auth/refresh", { headers: { cookie } });
  const next = (answer.headers.get("set-cookie") ?? "").split(";")[0]!;
  return { ...answer, cookie: next };
}

/** The same installation, restarted after this many milliseconds. */
function muchLater({ store, clock }: Bench, ms: number): Promise<Bench> {
  return openBench({ store, clock: new FakeClock({ epoch: clock.epoch() + ms }), seed: 2 });
}

const me = (bench: Bench, as: Person) => bench.http("GET", "/api/auth/me", { as });

Deno.test("[ACC1] the first administrator is created once, with the token from the terminal", async () => {
  using bench = await openBench();
  equal((await bench.http("GET", "/api/auth/setup")).body.needed, true);
  const person = { email: "a@b.example", name: "A", password: "long enough" };
  const wrong = { ...person, token: `setup.${"A".repeat(26)}` };
  equal((await bench.http("POST", "/api/auth/setup", { body: wrong })).status, 401);
  const token = await bench.control.invitations.setupToken();
  const body = { ...person, token };
  const [first, second] = await Promise.all([
    bench.http("POST", "/api/auth/setup", { body }),
    bench.http("POST", "/api/auth/setup", { body: { ...body, email: "c@d.example" } }),
  ]);
  deepEqual([first.status, second.status].sort(), [201, 401]);
  equal((await bench.http("GET", "/api/auth/setup")).body.needed, false);
  equal(await bench.control.invitations.setupToken(), undefined);
});

Deno.test("[ACC2] signing in gives a token for minutes and a cookie that scripts cannot read", async () => {
  const { bench } = await setup();
  using _ = bench;
  const answer = await bench.http("POST", "/api/auth/login", { body: ADMIN });
  deepEqual([answer.status, answer.body.expires_in_s], [200, TOKEN_SECONDS]);
  equal(answer.body.user.email, ADMIN.email);
  equal(JSON.stringify(answer.body).includes("password"), false);
  const cookie = answer.headers.get("set-cookie") ?? "";
  for (const part of ["HttpOnly", "SameSite=Strict", "Path=/"]) ok(cookie.includes(part), part);
  const person = bench.personOf(answer);
  equal((await me(bench, person)).status, 200);
  bench.clock.advance(TOKEN_SECONDS * 1000);
  equal((await me(bench, person)).status, 401);
});

Deno.test("[ACC3] a wrong password and an unknown email get the same answer", async () => {
  const { bench } = await setup();
  using _ = bench;
  const wrong = await bench.http("POST", "/api/auth/login", { body: { ...ADMIN, password: "x" } });
  const unknown = await bench.http("POST", "/api/auth/login", {
    body: { email: "nobody@farpad.example", password: "x" },
  });
  equal(wrong.status, 401);
  deepEqual(wrong.body, unknown.body);
});

Deno.test("[ACC5] a refresh token is valid once; a second use ends the login", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const second = await refresh(bench, admin.cookie);
  equal(second.status, 200);
  ok(second.cookie !== admin.cookie);
  bench.clock.advance(ROTATION_GRACE);
  const stolen = await refresh(bench, admin.cookie);
  deepEqual([stolen.status, stolen.body.error.code], [401, "token_used"]);
  equal((await refresh(bench, second.cookie)).status, 401);
  equal((await me(bench, { ...admin, token: second.body.token })).status, 401);
});

Deno.test("[ACC6] two tabs may refresh at once", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const [first, second] = await Promise.all([
    refresh(bench, admin.cookie),
    refresh(bench, admin.cookie),
  ]);
  deepEqual([first!.status, second!.status], [200, 200]);
  const cookie = first!.cookie || second!.cookie;
  equal((await refresh(bench, cookie)).status, 200);
});

Deno.test("[ACC7] a login ends after its lifetime, although it is used", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  using later = await muchLater(bench, LOGIN_LIFETIME);
  equal((await refresh(later, admin.cookie)).status, 401);
});

Deno.test("[ACC8] without cookies an access token is exchanged for a newer one, for half a day", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  let as = admin;
  const again = () => bench.http("POST", "/api/auth/refresh", { as });
  for (let spent = 0; spent < BEARER_LIFETIME - TOKEN_SECONDS * 1000;) {
    bench.clock.advance((TOKEN_SECONDS - 1) * 1000);
    spent += (TOKEN_SECONDS - 1) * 1000;
    const { status, body } = await again();
    equal(status, 200);
    as = { ...as, token: body.token };
  }
  bench.clock.advance((TOKEN_SECONDS - 1) * 1000);
  equal((await again()).status, 401);
  equal((await bench.http("POST", "/api/auth/refresh")).status, 401);
});

Deno.test("[ACC9] signing out ends the login and its access token at once", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  await bench.http("POST", "/api/auth/logout", { headers: { cookie: admin.cookie } });
  equal((await me(bench, admin)).status, 401);
  equal((await refresh(bench, admin.cookie)).status, 401);
});

Deno.test("[ACC10] a new password ends every other login and keeps this one", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const other = bench.personOf(await bench.http("POST", "/api/auth/login", { body: ADMIN }));
  const change = (current: string) =>
    bench.http("POST", "/api/auth/password", {
      as: admin,
      body: { current, next: "a new password" },
    });
  equal((await change("wrong")).body.error.code, "credentials_wrong");
  equal((await change(ADMIN.password)).status, 200);
  deepEqual([(await me(bench, admin)).status, (await me(bench, other)).status], [200, 401]);
  equal((await bench.http("POST", "/api/auth/login", { body: ADMIN })).status, 401);
});

Deno.test("[ACC11] a user can list and end the own logins", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const other = bench.personOf(await bench.http("POST", "/api/auth/login", { body: ADMIN }));
  const { body } = await bench.http("GET", "/api/auth/logins", { as: admin });
  deepEqual(body.items.map((login: { current: boolean }) => login.current).sort(), [false, true]);
  const away = body.items.find((login: { current: boolean }) => !login.current).login_id;
  const stranger = await bench.person(admin, { role: "operator", email: "op@x.example" });
  equal((await bench.http("DELETE", `/api/auth/logins/${away}`, { as: stranger })).status, 404);
  equal((await bench.http("DELETE", `/api/auth/logins/${away}`, { as: admin })).status, 200);
  equal((await me(bench, other)).status, 401);
});

Deno.test("[ACC12] an invitation works once, before it expires, for the invited email address", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const invite = async (email?: string) => {
    const body = { role: "operator", fleet: "own", ...(email ? { email } : {}) };
    return (await bench.http("POST", "/api/invitations", { as: admin, body })).body;
  };
  const accept = (token: string, email: string) =>
    bench.http("POST", "/api/auth/accept", {
      body: { token, email, name: "Op", password: "long enough" },
    });
  const personal = await invite("op@x.example");
  ok(personal.path.startsWith("/operator/accept#token="));
  equal((await accept(personal.token, "other@x.example")).status, 403);
  equal((await accept(personal.token, "op@x.example")).status, 201);
  equal((await accept(personal.token, "op@x.example")).status, 401);

  const open = await invite();
  equal((await accept(open.token, "op@x.example")).body.error.code, "email_taken");
  const both = await Promise.all([
    accept(open.token, "a@x.example"),
    accept(open.token, "b@x.example"),
  ]);
  deepEqual(both.map(({ status }) => status).sort(), [201, 401]);

  const late = await invite();
  using later = await muchLater(bench, INVITATION_LIFETIME);
  const body = { token: late.token, email: "c@x.example", name: "Op", password: "long enough" };
  const answer = await later.http("POST", "/api/auth/accept", { body });
  equal(answer.body.error.code, "token_expired");
});

Deno.test("[ACC13] roles: a viewer reads, an operator runs a fleet, only an administrator makes another", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const viewer = await bench.person(operator, {
    role: "viewer",
    fleet: "shared",
    email: "v@x.example",
  });
  const create = (as: Person) => bench.http("POST", "/api/senders", { as, body: { name: "Box" } });
  deepEqual([(await create(operator)).status, (await create(viewer)).status], [201, 403]);
  equal((await bench.http("GET", "/api/senders", { as: viewer })).body.items.length, 1);
  const invite = (as: Person, role: string) =>
    bench.http("POST", "/api/invitations", { as, body: { role, fleet: "own" } });
  equal((await invite(operator, "admin")).status, 403);
  equal((await invite(viewer, "viewer")).status, 403);
  equal(
    (await bench.http("PUT", "/api/access", { as: operator, body: { policy: "anyone" } })).status,
    403,
  );
});

Deno.test("[ACC14] a disabled user is signed out at once; the last administrator cannot be disabled", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const disable = (id: string) =>
    bench.http("PATCH", `/api/users/${id}`, { as: admin, body: { disabled: true } });
  equal((await disable(operator.user_id)).status, 200);
  equal((await me(bench, operator)).status, 401);
  equal((await disable(admin.user_id)).status, 409);
  const demote = { as: admin, body: { role: "viewer" } };
  equal((await bench.http("PATCH", `/api/users/${admin.user_id}`, demote)).status, 409);
  equal((await bench.http("DELETE", `/api/users/${admin.user_id}`, { as: admin })).status, 409);
  equal((await bench.http("DELETE", `/api/users/${operator.user_id}`, { as: admin })).status, 200);
});

Deno.test("[ACC15] anyone may play on this machine; elsewhere a login or a share link is needed, unless the policy is changed", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const { access, logins } = bench.control;
  const codeOf = async (credentials: Parameters<typeof access.admit>[0]) => {
    const admitted = await access.admit(credentials);
    return "refusal" in admitted ? admitted.refusal.code : "in";
  };
  equal(await codeOf({}), "in");
  using exposed = await openBench({ loopback: false });
  const elsewhere = await exposed.control.access.admit({});
  deepEqual("refusal" in elsewhere && [elsewhere.status, elsewhere.refusal.code], [403, "access"]);

  const choose = (policy: string) =>
    bench.http("PUT", "/api/access", { as: admin, body: { policy } });
  const login = admin.cookie.split("=")[1]!;
  equal((await choose("signed_in")).body.chosen, true);
  deepEqual([await codeOf({}), await codeOf({ login })], ["access", "in"]);

  const caller = (await logins.caller(admin.token, { address: "192.0.2.1", userAgent: "" }))!;
  const roomId = RoomId.parse("room-1");
  const made = await access.createLink(caller, { name: "Demo", hours: 1, roomId, role: "watcher" });
  if (isRefused(made)) throw new Error(made.refusal.message);
  const share = new URLSearchParams(made.path.slice(2)).get("share")!;
  equal(await codeOf({ share }), "access");
  await choose("share_link");
  equal(await codeOf({ share }), "in");
  equal(await codeOf({ share: `${made.link.share_id}.${"A".repeat(26)}` }), "access");
  bench.clock.advance(3_600_000);
  equal(await codeOf({ share }), "access");
});

Deno.test("[PAS2] a link that an operator makes names an open room of the operator's own", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const body = { name: "Demo", room_id: "room-of-nobody" };
  const answer = await bench.http("POST", "/api/access/links", { as: admin, body });
  deepEqual([answer.status, answer.body.error.code], [404, "not_found"]);
});

Deno.test("[ACC16] the audit log names the action and the user, and holds no secret", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  bench.clock.advance(1);
  await bench.http("POST", "/api/auth/login", { body: { ...ADMIN, password: "hunter2hunter2" } });
  bench.clock.advance(1);
  const made = await bench.http("POST", "/api/senders", { as: admin, body: { name: "Box 7" } });
  const { body } = await bench.http("GET", "/api/audit", { as: admin });
  const actions = body.items.map((entry: { action: string }) => entry.action);
  deepEqual(actions, ["sender.create", "login.failed", "user.create"]);
  const [created] = body.items;
  deepEqual([created.actor, created.target], [ADMIN.email, made.body.sender.sender_id]);
  const secrets = ["hunter2", made.body.enrollment_token, admin.cookie.split("=")[1]!];
  for (const secret of secrets) {
    equal(JSON.stringify(body).includes(secret), false);
    equal(bench.lines.some((line) => line.includes(secret)), false);
  }
  const filtered = await bench.http("GET", "/api/audit?action=login.", { as: admin });
  equal(filtered.body.items.length, 1);
});
