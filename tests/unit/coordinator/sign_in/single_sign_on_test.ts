import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type {
  Provider,
  ProviderUser,
  ProviderVisit,
} from "../../../../coordinator/sign_in/provider.ts";
import { VISIT_LIFETIME } from "../../../../coordinator/sign_in/single_sign_on.ts";
import { type Bench, openBench, type Person } from "../../../support/control/bench.ts";

const MEMBER: ProviderUser = {
  issuer: "https://login.example",
  subject: "grace",
  email: "grace@x.example",
  emailVerified: true,
  name: "Grace Hopper",
  groups: ["crew"],
};

/** A provider at which one person signs in at once. */
class FakeProvider implements Provider {
  member = MEMBER;
  answers = true;
  readonly visits: ProviderVisit[] = [];
  readonly returned: { readonly url: URL; readonly visit: ProviderVisit }[] = [];

  begin(callback: string, visit: ProviderVisit): Promise<string> {
    if (!this.answers) return Promise.reject(new Error("no route to host"));
    this.visits.push(visit);
    return Promise.resolve(`https://login.example/auth?back=${encodeURIComponent(callback)}`);
  }

  finish(url: URL, visit: ProviderVisit): Promise<ProviderUser> {
    this.returned.push({ url, visit });
    if (url.searchParams.get("state") !== visit.state) return Promise.reject(new Error("state"));
    return Promise.resolve(this.member);
  }
}

async function setup() {
  const provider = new FakeProvider();
  const bench = await openBench({
    singleSignOn: {
      provider,
      name: "Example login",
      groups: [
        { group: "admins", role: "admin" },
        { group: "crew", role: "operator" },
        { group: "guests", role: "viewer" },
      ],
    },
  });
  return { bench, provider, admin: await bench.admin() };
}

function cookieOf(headers: Headers, name: string): string {
  const found = headers.getSetCookie().find((text) => text.startsWith(`${name}=`)) ?? "";
  return found.split(";")[0]!;
}

/** Goes to the provider and back; `to` is where the browser ends. */
async function signIn(bench: Bench, provider: FakeProvider, back = "/operator/people") {
  const begun = await bench.http("GET", `/api/auth/oidc?back=${encodeURIComponent(back)}`);
  const cookie = cookieOf(begun.headers, "farpad_visit");
  const state = provider.visits.at(-1)?.state;
  const ended = await bench.http("GET", `/api/auth/oidc/callback?code=1&state=${state}`, {
    headers: { cookie },
  });
  return {
    ...ended,
    to: ended.headers.get("location"),
    login: cookieOf(ended.headers, "farpad_login"),
  };
}

/** The user that a login cookie belongs to. */
async function userOf(bench: Bench, cookie: string) {
  const { body } = await bench.http("POST", "/api/auth/refresh", { headers: { cookie } });
  return {
    user: body.user,
    as: { token: body.token, cookie, user_id: body.user?.user_id } as Person,
  };
}

Deno.test("[SSO1] the sign-in page gets the provider's name, and without a provider its addresses do not exist", async () => {
  const { bench } = await setup();
  using _ = bench;
  deepEqual((await bench.http("GET", "/api/auth/ways")).body, { provider: "Example login" });
  using plain = await openBench();
  deepEqual((await plain.http("GET", "/api/auth/ways")).body, {});
  equal((await plain.http("GET", "/api/auth/oidc")).status, 404);
});

Deno.test("[SSO2] a person comes back signed in, to the page that was asked for and to no other site", async () => {
  const { bench, provider } = await setup();
  using _ = bench;
  const { status, to, login, headers } = await signIn(bench, provider);
  deepEqual([status, to], [302, "/operator/people"]);
  ok(headers.getSetCookie().some((text) => /^farpad_login=.*HttpOnly.*SameSite=Strict/.test(text)));
  const { user } = await userOf(bench, login);
  deepEqual([user.email, user.name, user.role], [MEMBER.email, MEMBER.name, "operator"]);
  for (
    const back of ["https://evil.example", "//evil.example", "/operatorevil", "/operator\\evil"]
  ) {
    equal((await signIn(bench, provider, back)).to, "/operator");
  }
  // [DSH25] The page of a refused link.
  for (const back of ["/", "/?room=room_1&share=abc", "/play/paddle-duel?share=abc"]) {
    equal((await signIn(bench, provider, back)).to, back);
  }
});

Deno.test("[SSO3] state, nonce and verifier are new at each visit, and a way back without its visit is refused", async () => {
  const { bench, provider } = await setup();
  using _ = bench;
  const begun = await bench.http("GET", "/api/auth/oidc");
  const cookie = cookieOf(begun.headers, "farpad_visit");
  await bench.http("GET", "/api/auth/oidc");
  const [first, second] = provider.visits as [ProviderVisit, ProviderVisit];
  for (const part of ["state", "nonce", "verifier"] as const) notEqual(first[part], second[part]);
  match(first.verifier, /^[0-9a-f]{64}$/);

  const back = (state: string, headers: Record<string, string>) =>
    bench.http("GET", `/api/auth/oidc/callback?code=1&state=${state}`, { headers });
  const where = async (answer: ReturnType<typeof back>) => (await answer).headers.get("location");
  equal(await where(back(first.state, {})), "/operator#sign-in=expired");
  equal(
    await where(back(first.state, { cookie: "farpad_visit=AAAA" })),
    "/operator#sign-in=expired",
  );
  equal(await where(back(second.state, { cookie })), "/operator#sign-in=failed");
  bench.clock.advance(VISIT_LIFETIME);
  equal(await where(back(first.state, { cookie })), "/operator#sign-in=expired");
});

Deno.test("[SSO3] a refusal of the provider, and a provider that does not answer, are shown on the sign-in page", async () => {
  const { bench, provider } = await setup();
  using _ = bench;
  const { headers } = await bench.http("GET", "/api/auth/oidc");
  const cookie = cookieOf(headers, "farpad_visit");
  const denied = await bench.http("GET", "/api/auth/oidc/callback?error=access_denied", {
    headers: { cookie },
  });
  equal(denied.headers.get("location"), "/operator#sign-in=cancelled");
  provider.answers = false;
  const away = await bench.http("GET", "/api/auth/oidc");
  equal(away.headers.get("location"), "/operator#sign-in=failed");
});

Deno.test("[SSO4] the strongest role of a person's groups counts, anew at each sign-in", async () => {
  const { bench, provider } = await setup();
  using _ = bench;
  for (
    const [groups, role] of [
      [["guests", "crew"], "operator"],
      [["guests"], "viewer"],
      [["admins", "guests"], "admin"],
    ] as const
  ) {
    provider.member = { ...MEMBER, groups };
    const { user } = await userOf(bench, (await signIn(bench, provider)).login);
    equal(user.role, role);
  }
  equal((await bench.store.users.list()).length, 2);
});

Deno.test("[SSO4] a person whom no group gives a role is refused, and open logins and API tokens end", async () => {
  const { bench, provider } = await setup();
  using _ = bench;
  const { as } = await userOf(bench, (await signIn(bench, provider)).login);
  const body = { name: "Grafana", scope: "read" };
  const { token } = (await bench.http("POST", "/api/auth/tokens", { as, body })).body;
  provider.member = { ...MEMBER, groups: ["strangers"] };
  equal((await signIn(bench, provider)).to, "/operator#sign-in=no_group");
  for (const each of [as, { ...as, token }]) {
    equal((await bench.http("GET", "/api/auth/me", { as: each })).status, 401);
  }
});

Deno.test("[SSO4] the last administrator keeps the role", async () => {
  const { bench, provider } = await setup();
  using _ = bench;
  provider.member = { ...MEMBER, email: "admin@farpad.example" };
  const { user } = await userOf(bench, (await signIn(bench, provider)).login);
  equal(user.role, "admin");
});

Deno.test("[SSO5] an account is linked by an email that the provider verified, and by no other", async () => {
  const { bench, provider, admin } = await setup();
  using _ = bench;
  const operator = await bench.person(admin, { role: "operator", email: MEMBER.email! });
  provider.member = { ...MEMBER, emailVerified: false };
  equal((await signIn(bench, provider)).to, "/operator#sign-in=email_taken");
  provider.member = MEMBER;
  const { user } = await userOf(bench, (await signIn(bench, provider)).login);
  equal(user.user_id, operator.user_id);
  // The link is to the person, whatever the email becomes.
  provider.member = { ...MEMBER, email: "other@x.example", emailVerified: false };
  const again = await userOf(bench, (await signIn(bench, provider)).login);
  equal(again.user.user_id, operator.user_id);
  // Another person with the same subject at another issuer is another user.
  provider.member = { ...MEMBER, issuer: "https://other.example", email: "new@x.example" };
  const other = await userOf(bench, (await signIn(bench, provider)).login);
  notEqual(other.user.user_id, operator.user_id);
});

Deno.test("[SSO5] a person without an email or with a disabled account is refused", async () => {
  const { bench, provider, admin } = await setup();
  using _ = bench;
  provider.member = { ...MEMBER, email: undefined };
  equal((await signIn(bench, provider)).to, "/operator#sign-in=no_email");
  provider.member = MEMBER;
  const { user } = await userOf(bench, (await signIn(bench, provider)).login);
  const path = `/api/users/${user.user_id}`;
  await bench.http("PATCH", path, { as: admin, body: { disabled: true } });
  equal((await signIn(bench, provider)).to, "/operator#sign-in=disabled");
});

Deno.test("[SSO6] a new person works on the fleet of the first administrator and has no password", async () => {
  const { bench, provider, admin } = await setup();
  using _ = bench;
  await bench.http("POST", "/api/senders", { as: admin, body: { name: "Box" } });
  const { as, user } = await userOf(bench, (await signIn(bench, provider)).login);
  equal(user.by_provider, true);
  equal((await bench.http("GET", "/api/senders", { as })).body.items.length, 1);
  for (const password of ["", "correct horse"]) {
    const body = { email: MEMBER.email, password };
    equal((await bench.http("POST", "/api/auth/login", { body })).status, 401);
  }
  const reset = await bench.http("POST", `/api/users/${user.user_id}/reset`, { as: admin });
  deepEqual([reset.status, reset.body.error.code], [409, "conflict"]);
});

Deno.test("[SSO6] before the set-up the provider signs no person in", async () => {
  const provider = new FakeProvider();
  const groups = [{ group: "*", role: "admin" as const }];
  using bench = await openBench({ singleSignOn: { provider, name: "Example login", groups } });
  equal((await signIn(bench, provider)).to, "/operator#sign-in=not_set_up");
});

Deno.test("[SSO7] the audit log names who was linked, created and refused", async () => {
  const { bench, provider, admin } = await setup();
  using _ = bench;
  await signIn(bench, provider);
  bench.clock.advance(1);
  provider.member = { ...MEMBER, groups: [] };
  await signIn(bench, provider);
  const { items } = (await bench.http("GET", "/api/audit", { as: admin })).body;
  const actions = items.map((entry: { action: string }) => entry.action).sort();
  deepEqual(actions, ["login", "login.failed", "user.create", "user.create", "user.link"]);
});
