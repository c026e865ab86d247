import { deepEqual, equal, match } from "node:assert/strict";
import type { User } from "../../../protocol/rest/accounts.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import { call } from "../../../protocol/rest/contract.ts";
import { Api } from "../../../web/operator/api.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { OWNER } from "../../support/operator/past.ts";

const USER: User = {
  user_id: OWNER,
  email: "ada@example.org",
  name: "Ada",
  role: "admin",
  owner_id: OWNER,
  disabled: false,
  created_at: 0,
};
type Answer = { readonly status: number; readonly json: unknown } | "unreachable";
const signedIn = (token: string): Answer => ({
  status: 200,
  json: { token, expires_in_s: 600, user: USER },
});
const refused = (status: number, message = "No."): Answer => ({
  status,
  json: { error: { code: "no", message } },
});
const ME: Answer = { status: 200, json: USER };

/** Answers each path with the next of its answers, and the last one for ever. */
function setup(answers: Record<string, readonly Answer[]>) {
  const clock = new FakeClock();
  const calls: string[] = [];
  const left = new Map(Object.entries(answers).map(([path, all]) => [path, [...all]]));
  const api = new Api({
    clock,
    random: new SeededRandom(),
    exclusive: (_, task) => task(),
    fetch(url, init) {
      const path = url.replace("/api/auth/", "");
      const token = new Headers(init.headers).get("authorization")?.replace("Bearer ", " ") ?? "";
      calls.push(path + token);
      const mine = left.get(path);
      const answer = (mine && mine.length > 1 ? mine.shift() : mine?.[0]) ?? "unreachable";
      if (answer === "unreachable") return Promise.reject(new Error("nobody there"));
      return Promise.resolve(Response.json(answer.json, { status: answer.status }));
    },
  });
  return { api, clock, calls };
}

const body = { email: "ada@example.org", password: "secret" };

Deno.test("[DSH6] a cookie signs in without a message; without a cookie no reason is shown", async () => {
  const { api } = setup({ refresh: [signedIn("t1")] });
  equal(api.state.value.state, "checking");
  await api.resume();
  deepEqual(api.state.value, { state: "signed_in", user: USER });
  const other = setup({ refresh: [refused(401)] });
  await other.api.resume();
  deepEqual(other.api.state.value, { state: "signed_out" });
});

Deno.test("[DSH6] while the coordinator does not answer the login stays, and it is asked again", async () => {
  const { api, clock } = setup({ refresh: ["unreachable", signedIn("t1")] });
  await api.resume();
  const state = api.state.value;
  if (state.state !== "unreachable") throw new Error(`expected unreachable, found ${state.state}`);
  match(state.message, /Cannot reach the coordinator: nobody there/);
  await clock.run(state.retryAt - clock.now());
  equal(api.state.value.state, "signed_in");
  equal(clock.pending, 0);
});

Deno.test("[DSH6] an answer that leaves open whether there is a login is shown, and it is asked again", async () => {
  const malformed: Answer = { status: 200, json: {} };
  for (const answer of [refused(503, "The disk is full."), refused(429), malformed]) {
    const { api, clock } = setup({ refresh: [answer, signedIn("t1")] });
    await api.resume();
    const state = api.state.value;
    if (state.state !== "unreachable") {
      throw new Error(`expected unreachable, found ${state.state}`);
    }
    await clock.run(state.retryAt - clock.now());
    equal(api.state.value.state, "signed_in");
  }
});

Deno.test("[DSH6] every call has the token, and a wrong password is reported", async () => {
  const { api, calls } = setup({ login: [refused(401, "Wrong."), signedIn("t1")], me: [ME] });
  equal((await api.signIn(body)).ok, false);
  equal(api.state.value.state, "checking");
  await api.signIn(body);
  equal((await api.call(contracts.auth.me, {})).ok, true);
  deepEqual(calls, ["login", "login", "me t1"]);
});

Deno.test("[DSH6] a token that is about to end is renewed before it is used", async () => {
  const { api, clock, calls } = setup({
    login: [signedIn("t1")],
    refresh: [signedIn("t2")],
    me: [ME],
  });
  await api.signIn(body);
  clock.advance(541_000);
  await api.call(contracts.auth.me, {});
  deepEqual(calls, ["login", "refresh", "me t2"]);
});

Deno.test("[DSH6] calls that are refused together refresh once and are tried once more", async () => {
  const { api, calls } = setup({
    login: [signedIn("t1")],
    refresh: [signedIn("t2")],
    me: [refused(401), refused(401), ME],
  });
  await api.signIn(body);
  const results = await Promise.all([1, 2].map(() => api.call(contracts.auth.me, {})));
  deepEqual(results.map(({ ok }) => ok), [true, true]);
  deepEqual(calls, ["login", "me t1", "me t1", "refresh", "me t2", "me t2"]);
});

Deno.test("[DSH6] a refused refresh signs out with a reason; too many requests do not", async () => {
  const { api } = setup({
    login: [signedIn("t1")],
    refresh: [refused(429), refused(401)],
    me: [refused(401)],
  });
  await api.signIn(body);
  await api.call(contracts.auth.me, {});
  equal(api.state.value.state, "signed_in");
  await api.call(contracts.auth.me, {});
  deepEqual(api.state.value, {
    state: "signed_out",
    why: "Your login ended. Sign in again to go on.",
  });
  equal(await api.freshToken(), undefined);
});

Deno.test("signing out works while the coordinator cannot be reached", async () => {
  const { api, calls } = setup({ login: [signedIn("t1")], logout: ["unreachable"] });
  await api.signIn(body);
  await api.signOut();
  deepEqual(api.state.value, { state: "signed_out", why: "You signed out." });
  deepEqual(calls, ["login", "logout t1"]);
});

Deno.test("a call that is never answered is given up with a sentence", async () => {
  const clock = new FakeClock();
  const api = new Api({
    clock,
    random: new SeededRandom(),
    exclusive: (_, task) => task(),
    fetch: (_, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  });
  const call = api.signIn(body);
  await clock.run(30_000);
  const result = await call;
  match(result.ok ? "" : result.error.message, /no answer within 30 s/);
  equal(clock.pending, 0);
});

for (
  const words of [
    "Failed to fetch",
    "NetworkError when attempting to fetch resource.",
    "Load failed",
  ]
) {
  Deno.test(`[DSH6] the words "${words}" of a browser are not shown`, async () => {
    const fetch = () => Promise.reject(new TypeError(words));
    const answer = await call(contracts.auth.me, {}, { fetch });
    equal(
      answer.ok ? "" : answer.error.message,
      "Cannot reach the coordinator: no answer came. Check the network",
    );
  });
}
