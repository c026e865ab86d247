import { deepEqual, equal, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { createAttempts, LONGEST_DELAY } from "../../../../coordinator/sign_in/attempts.ts";
import { createRateLimit } from "../../../../coordinator/accounts/rate_limit.ts";
import { addressPrefix } from "../../../../coordinator/listen/address_prefix.ts";
import { isRefused } from "../../../../coordinator/refusals.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { type Bench, openBench } from "../../../support/control/bench.ts";
import { settle } from "../../../support/control/settle.ts";

const ADMIN = { email: "admin@farpad.example", password: "correct horse" };

/** An address in a network of its own. */
function elsewhere(n: number): string {
  return `203.0.${113 + Math.floor(n / 250)}.${n % 250}`;
}

interface Guess {
  readonly email?: string;
  readonly address?: string;
  readonly password?: string;
  readonly cookie?: string;
}

function signIn(bench: Bench, guess: Guess = {}) {
  const { email = ADMIN.email, password = "a guess", address = "203.0.113.1", cookie } = guess;
  const headers = cookie === undefined ? {} : { headers: { cookie } };
  return bench.http("POST", "/api/auth/login", { body: { email, password }, address, ...headers });
}

/** The cookie by which a browser that signed in is recognised. */
function browserCookie(headers: Headers): string {
  return headers.getSetCookie().find((text) => text.startsWith("farpad_browser="))!.split(";")[0]!;
}

/** Uses an account's free guesses up, from many networks. */
async function guessAll(bench: Bench): Promise<void> {
  for (let n = 0; n < 20; n++) equal((await signIn(bench, { address: elsewhere(n) })).status, 401);
}

Deno.test("[ACC4] an address counts by its prefix: IPv4 alone, IPv6 by its /64", () => {
  for (
    const [address, prefix] of [
      ["203.0.113.7", "203.0.113.7"],
      ["::ffff:203.0.113.7", "203.0.113.7"],
      ["::ffff:cb00:7107", "203.0.113.7"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
      ["2001:db8::9", "2001:db8:0:0::/64"],
      ["fe80::1%eth0", "fe80:0:0:0::/64"],
      ["::1", "0:0:0:0::/64"],
      ["64:ff9b::203.0.113.7", "64:ff9b:0:0::/64"],
      ["unknown", "unknown"],
    ] as const
  ) equal(addressPrefix(address), prefix);
});

Deno.test("[ACC4] a limit gives its tokens at once, then one at a time, and its oldest key makes room", () => {
  const clock = new FakeClock();
  const limit = createRateLimit(clock, { perSecond: 1 / 3, burst: 2 });
  deepEqual([limit.take("a"), limit.take("a"), limit.take("a")], [true, true, false]);
  deepEqual(limit.reserve("a", 2_999), { taken: false, wait: 3_000 });
  deepEqual(limit.reserve("a", 3_000), { taken: true, wait: 3_000 });
  limit.giveBack("a");
  clock.advance(3_000);
  equal(limit.take("a"), true);
  for (let n = 0; n < 10_000; n++) limit.take(`key ${n}`);
  equal(limit.take("a"), true);
});

Deno.test("[ACC4] whatever is taken and when, no span of time has more tokens than burst and rate allow", () => {
  const rate = { perSecond: 1 / 3, burst: 4 };
  const step = fc.record({
    pause: fc.integer({ min: 0, max: 9_000 }),
    patience: fc.constantFrom(0, 2_000, 15_000),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const clock = new FakeClock();
    const limit = createRateLimit(clock, rate);
    const turns: number[] = [];
    for (const { pause, patience } of steps) {
      clock.advance(pause);
      const { taken, wait } = limit.reserve("a", patience);
      ok(taken ? wait <= patience + 0.01 : wait > patience);
      if (taken) turns.push(clock.now() + wait);
    }
    turns.sort((one, other) => one - other);
    for (const [first, from] of turns.entries()) {
      for (const [last, to] of turns.entries()) {
        if (last < first) continue;
        const most = rate.burst + (to - from) / 1000 * rate.perSecond;
        ok(last - first + 1 <= most + 1e-6, `${last - first + 1} in ${to - from} ms`);
      }
    }
  }));
});

Deno.test("[ACC4] guesses from one prefix are refused beyond twenty, and other prefixes are not concerned", async () => {
  using bench = await openBench();
  const statuses: number[] = [];
  for (let n = 0; n < 25; n++) {
    const guess = { email: `u${n}@x.example`, address: `2001:db8::${n}` };
    statuses.push((await signIn(bench, guess)).status);
  }
  deepEqual([...new Set(statuses.slice(0, 20)), ...new Set(statuses.slice(20))], [401, 429]);
  const refused = await signIn(bench, { address: "2001:db8::ffff" });
  deepEqual([refused.body.error.code, refused.headers.get("retry-after")], ["rate", "6"]);
  equal((await signIn(bench, { address: "2001:db8:0:1::1" })).status, 401);
  bench.clock.advance(6_000);
  equal((await signIn(bench, { address: "2001:db8::1" })).status, 401);
});

Deno.test("[ACC4] signing in with the right password uses no guesses up", async () => {
  using bench = await openBench();
  await bench.admin();
  for (let n = 0; n < 40; n++) equal((await signIn(bench, ADMIN)).status, 200);
});

Deno.test("[ACC17] an account that others guess at is answered late and not refused", async () => {
  using bench = await openBench();
  await bench.admin();
  await guessAll(bench);
  const idle = bench.clock.pending;
  const answer = signIn(bench, { ...ADMIN, address: "198.51.100.77" });
  for (let turn = 0; turn < 1_000 && bench.clock.pending === idle; turn++) await settle();
  await bench.clock.run(2_999);
  equal(bench.clock.pending, idle + 1);
  bench.clock.advance(1);
  equal((await answer).status, 200);
});

Deno.test("[ACC17] the delay is bounded: beyond it an attempt is refused with the time to wait", async () => {
  const clock = new FakeClock();
  const attempts = createAttempts(clock);
  const results = Array.from(
    { length: 40 },
    (_, n) => attempts.admit({ email: "a@b.example", address: elsewhere(n) }),
  );
  await settle();
  equal(clock.pending, LONGEST_DELAY / 3_000);
  await clock.run(LONGEST_DELAY);
  const refusals = (await Promise.all(results)).filter(isRefused);
  equal(refusals.length, 40 - 20 - LONGEST_DELAY / 3_000);
  ok(refusals.every(({ retryAfter }) => retryAfter === LONGEST_DELAY / 1000 + 3));
});

Deno.test("[ACC17] a browser that signed in before is not slowed down by the guesses of others", async () => {
  using bench = await openBench();
  await bench.admin();
  const cookie = browserCookie((await signIn(bench, ADMIN)).headers);
  await guessAll(bench);
  for (let n = 0; n < 25; n++) await signIn(bench, { email: `u${n}@x.example` });
  equal((await signIn(bench, ADMIN)).status, 429);
  equal((await signIn(bench, { ...ADMIN, cookie })).status, 200);
});

Deno.test("[ACC17] a known browser has guesses of its own for its account, and none for another", async () => {
  using bench = await openBench();
  const admin = await bench.admin();
  await bench.person(admin, { role: "operator", email: "op@x.example" });
  const cookie = browserCookie((await signIn(bench, ADMIN)).headers);
  for (let n = 0; n < 30; n++) await signIn(bench, { cookie });
  equal((await signIn(bench, { cookie })).status, 429);
  equal((await signIn(bench, { cookie, email: "op@x.example" })).status, 429);
  equal((await signIn(bench, { cookie: "farpad_browser=AAAA" })).status, 429);
});

Deno.test("[ACC17] a person who is signed in refreshes the login and changes the password during any attack", async () => {
  using bench = await openBench();
  const admin = await bench.admin();
  await guessAll(bench);
  const address = "203.0.113.1";
  for (let n = 0; n < 30; n++) await signIn(bench, { email: `u${n}@x.example`, address });
  const call = { headers: { cookie: admin.cookie }, address };
  equal((await bench.http("POST", "/api/auth/refresh", call)).status, 200);
  const body = { current: ADMIN.password, next: "a new password" };
  const changed = await bench.http("POST", "/api/auth/password", { as: admin, body, address });
  equal(changed.status, 200);
});

Deno.test("[ACC17] guesses at the present password by a stolen login are limited", async () => {
  using bench = await openBench();
  const admin = await bench.admin();
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) {
    const body = { current: "a guess", next: "a new password" };
    statuses.push((await bench.http("POST", "/api/auth/password", { as: admin, body })).status);
  }
  deepEqual(statuses.slice(9), [401, 429, 429]);
});

Deno.test("[ACC18] of many sign-ins at once those beyond the queue get 429 with the time to wait", async () => {
  using bench = await openBench();
  await bench.admin();
  const all = await Promise.all(
    Array.from(
      { length: 90 },
      (_, n) => signIn(bench, { email: `${n}@x.example`, address: elsewhere(n) }),
    ),
  );
  const refused = all.filter(({ status }) => status === 429);
  equal(all.filter(({ status }) => status === 401).length, 66);
  ok(refused.every(({ headers }) => headers.get("retry-after") === "10"));
});
