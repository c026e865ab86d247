/**
 * Attacks on logins: guesses at passwords, and tokens that were not issued.
 *
 * @module
 */
import { api, call } from "../../protocol/rest/api.ts";
import { value } from "../support/endurance/installation.ts";
import { type Answer, ask, type Attack, type Outcome, repeat, type Target } from "./attack.ts";

const PASSWORD = "a password of the victim";
/** Guesses that one address may make at once (ACC4), and one that its limit may give back meanwhile. */
const ALLOWED = 21;

/** Posts JSON from an address of this machine, such as `127.0.0.66`. */
function post(
  target: Target,
  path: string,
  { from, body, cookie, signal }: {
    from: string;
    body: unknown;
    cookie?: string;
    signal?: AbortSignal;
  },
): Promise<Answer> {
  const headers = { "content-type": "application/json", ...(cookie && { cookie }) };
  return ask(target, path, { from, method: "POST", headers, body: JSON.stringify(body), signal });
}

/** A person who has an account and is signed in, in a browser on 127.0.0.1. */
class Victim {
  readonly #target: Target;
  readonly email: string;
  #cookies: ReadonlyMap<string, string> = new Map();

  constructor(target: Target, email: string) {
    this.#target = target;
    this.email = email;
  }

  async join(): Promise<void> {
    const options = { base: this.#target.url, token: await this.#target.token() };
    const body = { role: "viewer" as const };
    const { token } = value(await call(api.users.invite, { body }, options));
    const person = { token, email: this.email, name: "Victim", password: PASSWORD };
    await this.#post("/api/auth/accept", person);
  }

  /** Whether the person can go on working, and can sign in again in the same browser. */
  async isServed(): Promise<boolean> {
    const refreshed = await this.#post("/api/auth/refresh", {});
    const again = await this.#post("/api/auth/login", { email: this.email, password: PASSWORD });
    return refreshed === 200 && again === 200;
  }

  async #post(path: string, body: unknown): Promise<number> {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await post(this.#target, path, { from: "127.0.0.1", body, cookie });
    const pairs = answer.cookies.map((text) => text.split(/=(.*)/s).slice(0, 2));
    this.#cookies = new Map([
      ...this.#cookies,
      ...pairs.map(([name, text]) => [name!, text!] as const),
    ]);
    return answer.status;
  }
}

async function lockOut(target: Target): Promise<Outcome> {
  const victim = new Victim(target, `victim-${crypto.randomUUID()}@farpad.example`);
  await victim.join();
  const guessing = new AbortController();
  const guesses: Promise<unknown>[] = [];
  const outcome = await repeat(target, async (round) => {
    for (let n = 0; n < 10; n++) {
      const from = `127.0.2.${1 + (round % 20) * 10 + n}`;
      const body = { email: victim.email, password: `guess ${round} ${n}` };
      const { signal } = guessing;
      guesses.push(post(target, "/api/auth/login", { from, body, signal }).catch(() => {}));
    }
    return !await victim.isServed();
  });
  guessing.abort();
  await Promise.all(guesses);
  return outcome;
}

async function guessFast(target: Target): Promise<Outcome> {
  const attempts = 40;
  const answers = await Promise.all(
    Array.from({ length: attempts }, (_, n) =>
      post(target, "/api/auth/login", {
        from: "127.0.3.1",
        body: { email: `user${n}@farpad.example`, password: "a guess" },
      })),
  );
  const checked = answers.filter(({ status }) => status !== 429).length;
  return { attempts, gotThrough: Math.max(0, checked - ALLOWED) };
}

async function forgeTokens(target: Target): Promise<Outcome> {
  const options = { base: target.url, token: await target.token() };
  const mint = async () => {
    const body = { name: "Attacked", scope: "read" as const, days: 1 };
    return value(await call(api.tokens.create, { body }, options));
  };
  const [good, revoked] = [await mint(), await mint()];
  value(await call(api.tokens.revoke, { params: { id: revoked.item.token_id } }, options));
  const [id = "", secret = ""] = good.token.split(".");
  const forged = [
    revoked.token,
    `${id}.${"A".repeat(26)}`,
    `${id}.${secret.slice(0, -1)}`,
    `${revoked.item.token_id}.${secret}`,
    `${id}.${secret}.${secret}`,
    "",
  ];
  const stolen = { base: target.url, token: good.token };
  const results = [
    ...await Promise.all(
      forged.map((token) => call(api.senders.list, {}, { base: target.url, token })),
    ),
    // The token may read, and nothing else.
    await call(api.access.set, { body: { policy: "anyone" } }, stolen),
    await call(api.tokens.list, {}, stolen),
    await call(api.auth.changePassword, { body: { current: PASSWORD, next: PASSWORD } }, stolen),
  ];
  value(await call(api.tokens.revoke, { params: { id: good.item.token_id } }, options));
  return { attempts: results.length, gotThrough: results.filter(({ ok }) => ok).length };
}

/** The attacks of this file. */
export const attacks: readonly Attack[] = [
  { name: "lock a person out by guesses at the password from many addresses", run: lockOut },
  { name: "check more guesses at passwords than one address may make", run: guessFast },
  { name: "call REST with a token that was forged, revoked or may only read", run: forgeTokens },
];
