import { deepEqual, equal } from "node:assert/strict";
import type { FleetEvent } from "../../../../coordinator/fleet/events.ts";
import { type Bench, openBench, type Person } from "../../../support/control/bench.ts";

async function setup() {
  const bench = await openBench();
  const admin = await bench.admin();
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  return { bench, admin, operator };
}

async function invite(bench: Bench, as: Person, role = "viewer"): Promise<string> {
  const body = { role, fleet: "shared" };
  return (await bench.http("POST", "/api/invitations", { as, body })).body.token;
}

function accept(bench: Bench, token: string) {
  const body = { token, email: "new@x.example", name: "New", password: "long enough" };
  return bench.http("POST", "/api/auth/accept", { body });
}

/** The ids of the logins whose end was published. */
function endedLogins(bench: Bench): string[] {
  const ended: string[] = [];
  bench.control.bus.subscribe((event: FleetEvent) => {
    if (event.type === "logins_ended") ended.push(...event.loginIds);
  });
  return ended;
}

Deno.test("[ACC19] an invitation ends when its inviter is disabled, demoted or removed", async () => {
  const ends: ((bench: Bench, admin: Person, id: string) => Promise<unknown>)[] = [
    (bench, as, id) => bench.http("PATCH", `/api/users/${id}`, { as, body: { disabled: true } }),
    (bench, as, id) => bench.http("PATCH", `/api/users/${id}`, { as, body: { role: "viewer" } }),
    (bench, as, id) => bench.http("DELETE", `/api/users/${id}`, { as }),
  ];
  for (const end of ends) {
    const { bench, admin, operator } = await setup();
    using _ = bench;
    const token = await invite(bench, operator);
    await end(bench, admin, operator.user_id);
    equal((await accept(bench, token)).status, 401);
    const { body } = await bench.http("GET", "/api/invitations", { as: admin });
    deepEqual(body.items, []);
  }
});

Deno.test("[ACC19] an administrator who becomes an operator keeps the invitations that an operator may make", async () => {
  const { bench, admin, operator } = await setup();
  using _ = bench;
  const path = `/api/users/${operator.user_id}`;
  await bench.http("PATCH", path, { as: admin, body: { role: "admin" } });
  const [high, low] = [await invite(bench, operator, "admin"), await invite(bench, operator)];
  await bench.http("PATCH", path, { as: admin, body: { role: "operator" } });
  equal((await accept(bench, high)).status, 401);
  equal((await accept(bench, low)).status, 201);
});

Deno.test("[ACC19] an invitation of a user whose right ended in the store is refused with the reason", async () => {
  const { bench, operator } = await setup();
  using _ = bench;
  const token = await invite(bench, operator);
  await bench.store.users.update(operator.user_id, (row) => ({ ...row, disabled: true }));
  equal((await accept(bench, token)).body.error.code, "token_expired");
});

Deno.test("[ACC20] whatever ends a login is published with its id", async () => {
  const { bench, admin, operator } = await setup();
  using _ = bench;
  const ended = endedLogins(bench);
  const signIn = async () => {
    const body = { email: "op@x.example", password: "correct horse" };
    return bench.personOf(await bench.http("POST", "/api/auth/login", { body }));
  };
  const idOf = ({ cookie }: Person) => cookie.split("=")[1]!.split(".")[0]!;
  const [out, other, stolen] = [await signIn(), await signIn(), await signIn()];
  await bench.http("POST", "/api/auth/logout", { headers: { cookie: out.cookie } });
  await bench.http("DELETE", `/api/auth/logins/${idOf(other)}`, { as: operator });
  for (let use = 0; use < 2; use++) {
    await bench.http("POST", "/api/auth/refresh", { headers: { cookie: stolen.cookie } });
    bench.clock.advance(10_000);
  }
  deepEqual(ended.splice(0), [idOf(out), idOf(other), idOf(stolen)]);

  const last = await signIn();
  const body = { current: "correct horse", next: "a new password" };
  await bench.http("POST", "/api/auth/password", { as: operator, body });
  deepEqual(ended.splice(0), [idOf(last)]);
  await bench.http("PATCH", `/api/users/${operator.user_id}`, {
    as: admin,
    body: { disabled: true },
  });
  deepEqual(ended, [idOf(operator)]);
});
