import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Secret, TOTP } from "otpauth";
import { totpStep } from "../../../../coordinator/secrets/totp.ts";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { type Bench, openBench, type Person } from "../../../support/control/bench.ts";

const ADMIN = { email: "admin@farpad.example", password: "correct horse" };
const PATH = "/api/auth/second-factor";

/** An authenticator app with this secret, at the time of the bench. */
function codeOf(bench: Bench, secret: string, steps = 0): string {
  return new TOTP({ secret }).generate({ timestamp: bench.clock.epoch() + steps * 30_000 });
}

/** An administrator whose second factor is on. */
async function setup() {
  const bench = await openBench();
  const admin = await bench.admin();
  const { secret, uri } = (await offer(bench, admin)).body;
  const confirmed = await confirm(bench, admin, codeOf(bench, secret));
  equal(confirmed.status, 200);
  const recovery: string[] = confirmed.body.recovery_codes;
  // The code that confirmed the app is used.
  bench.clock.advance(30_000);
  return { bench, admin, secret, uri, recovery };
}

function offer(bench: Bench, as: Person, current = ADMIN.password) {
  return bench.http("POST", PATH, { as, body: { current } });
}

function confirm(bench: Bench, as: Person, code: string) {
  return bench.http("POST", `${PATH}/confirm`, { as, body: { code } });
}

function signIn(bench: Bench, more: { code?: string; password?: string } = {}) {
  return bench.http("POST", "/api/auth/login", { body: { ...ADMIN, ...more } });
}

Deno.test("[TFA1] codes are those of RFC 6238, one step early or late counts, and two do not", () => {
  const secret = Secret.fromUTF8("12345678901234567890").base32;
  const at = (seconds: number) => seconds * 1000 as EpochMillis;
  for (
    const [seconds, code] of [[59, "287082"], [1_111_111_109, "081804"], [20_000_000_000, "353130"]]
      .map(([time, text]) => [Number(time), String(text)] as const)
  ) {
    const step = Math.floor(seconds / 30);
    equal(totpStep(secret, code, at(seconds)), step);
    equal(totpStep(secret, code, at(seconds + 30)), step);
    equal(totpStep(secret, code, at(seconds - 30)), step);
    equal(totpStep(secret, code, at(seconds + 60)), undefined);
    equal(totpStep(secret, code, at(seconds - 60)), undefined);
  }
});

Deno.test("[TFA1] the address for the app names the installation and the account", async () => {
  const { bench, secret, uri } = await setup();
  using _ = bench;
  const url = new URL(uri);
  deepEqual([url.protocol, url.host], ["otpauth:", "totp"]);
  equal(decodeURIComponent(url.pathname), `/Farpad:${ADMIN.email}`);
  deepEqual([url.searchParams.get("secret"), secret.length], [secret, 32]);
});

Deno.test("[TFA2] with a second factor signing in takes password and code, and the code is asked for after the password", async () => {
  const { bench, secret } = await setup();
  using _ = bench;
  equal((await signIn(bench, { password: "wrong" })).body.error.code, "credentials_wrong");
  const needed = await signIn(bench);
  deepEqual([needed.status, needed.body.error.code], [401, "code_needed"]);
  equal((await signIn(bench, { code: "000000" })).body.error.code, "code_wrong");
  const answer = await signIn(bench, { code: ` ${codeOf(bench, secret).replace(/^.../, "$& ")} ` });
  equal(answer.status, 200);
  equal(answer.body.user.second_factor, true);
});

Deno.test("[TFA3] a code is good once, also for two at a time, and an older one is not good after it", async () => {
  const { bench, secret } = await setup();
  using _ = bench;
  const [early, code] = [codeOf(bench, secret), codeOf(bench, secret, 1)];
  const both = await Promise.all([signIn(bench, { code }), signIn(bench, { code })]);
  deepEqual(both.map(({ status }) => status).sort(), [200, 401]);
  equal((await signIn(bench, { code: early })).body.error.code, "code_wrong");
  bench.clock.advance(60_000);
  equal((await signIn(bench, { code: codeOf(bench, secret) })).status, 200);
});

Deno.test("[TFA4] ten recovery codes sign in once each", async () => {
  const { bench, recovery } = await setup();
  using _ = bench;
  equal(recovery.length, 10);
  match(recovery[0]!, /^([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}$/);
  const [first, second] = recovery as [string, string];
  equal((await signIn(bench, { code: first })).status, 200);
  equal((await signIn(bench, { code: first })).body.error.code, "code_wrong");
  equal((await signIn(bench, { code: second.toLowerCase().replaceAll("-", " ") })).status, 200);
});

Deno.test("[TFA5] codes cannot be guessed: five, then one a minute", async () => {
  const { bench, secret } = await setup();
  using _ = bench;
  const statuses: number[] = [];
  for (let n = 0; n < 6; n++) statuses.push((await signIn(bench, { code: `00000${n}` })).status);
  deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  equal((await signIn(bench, { code: codeOf(bench, secret) })).status, 429);
  bench.clock.advance(60_000);
  equal((await signIn(bench, { code: codeOf(bench, secret) })).status, 200);
});

Deno.test("[TFA6] turning it on takes the password and a code, turning it off as well", async () => {
  using bench = await openBench();
  const admin = await bench.admin();
  equal((await confirm(bench, admin, "000000")).body.error.code, "conflict");
  equal((await offer(bench, admin, "wrong")).body.error.code, "credentials_wrong");
  const { secret } = (await offer(bench, admin)).body;
  equal((await signIn(bench)).status, 200);
  equal((await confirm(bench, admin, "000000")).body.error.code, "code_wrong");
  equal((await confirm(bench, admin, codeOf(bench, secret))).status, 200);
  equal((await offer(bench, admin)).body.error.code, "conflict");

  bench.clock.advance(30_000);
  const remove = (current: string, code: string) =>
    bench.http("POST", `${PATH}/remove`, { as: admin, body: { current, code } });
  equal((await remove("wrong", codeOf(bench, secret))).body.error.code, "credentials_wrong");
  equal((await remove(ADMIN.password, "000000")).body.error.code, "code_wrong");
  equal((await remove(ADMIN.password, codeOf(bench, secret))).status, 200);
  equal((await signIn(bench)).status, 200);
});

Deno.test("[TFA7] an administrator turns another's off, and every change is in the audit log", async () => {
  const { bench, admin } = await setup();
  using _ = bench;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const path = `/api/users/${admin.user_id}/second-factor`;
  equal((await bench.http("DELETE", path, { as: operator })).status, 403);
  equal((await bench.http("DELETE", path, { as: admin })).status, 200);
  equal((await signIn(bench)).status, 200);
  const { items } =
    (await bench.http("GET", "/api/audit?action=second_factor", { as: admin })).body;
  deepEqual(items.map((entry: { action: string }) => entry.action), [
    "second_factor.off",
    "second_factor.on",
  ]);
});

Deno.test("[TFA8] the secret is sealed, recovery codes are hashed, and no answer holds either", async () => {
  const { bench, admin, secret, recovery } = await setup();
  using _ = bench;
  const kept = JSON.stringify(await bench.store.users.list());
  const answers = JSON.stringify([
    (await bench.http("GET", "/api/users", { as: admin })).body,
    (await bench.http("GET", "/api/auth/me", { as: admin })).body,
    (await bench.http("GET", "/api/audit", { as: admin })).body,
  ]);
  for (const text of [secret, ...recovery, ...recovery.map((code) => code.replaceAll("-", ""))]) {
    equal(kept.includes(text) || answers.includes(text), false);
    ok(bench.lines.every((line) => !line.includes(text)));
  }
  equal(answers.includes("sealed"), false);
});

Deno.test("[TFA8] another user's row does not open the secret", async () => {
  const { bench, admin, secret } = await setup();
  using _ = bench;
  const operator = await bench.person(admin, { role: "operator", email: "op@x.example" });
  const { second_factor } = (await bench.store.users.get(admin.user_id))!;
  await bench.store.users.update(operator.user_id, (row) => ({ ...row, second_factor }));
  const body = { email: "op@x.example", password: ADMIN.password, code: codeOf(bench, secret) };
  equal((await bench.http("POST", "/api/auth/login", { body })).body.error.code, "code_wrong");
});
