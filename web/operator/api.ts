/**
 * The login of this browser, and the REST calls of the signed-in user. The access token stays in memory; the
 * refresh token is a cookie that no script can read. One refresh at a time, also across tabs; a refused one signs
 * out.
 *
 * @module
 */
import { signal } from "@preact/signals";
import type * as z from "zod/mini";
import type { Clock, Millis } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { retryDelay } from "../../protocol/connection/reconnect.ts";
import type { SignedIn, User } from "../../protocol/rest/accounts.ts";
import { api as contracts, call } from "../../protocol/rest/api.ts";
import type {
  Answer,
  CallArgs,
  CallOptions,
  CallResult,
  Contract,
} from "../../protocol/rest/contract.ts";

/** The login of this browser, as far as the coordinator has confirmed it. */
export type AuthState =
  | { readonly state: "checking" }
  /** The coordinator does not answer, so it is unknown yet. */
  | { readonly state: "unreachable"; readonly message: string; readonly retryAt: Millis }
  /** `why`: the sentence on the end of an earlier login. */
  | { readonly state: "signed_out"; readonly why?: string }
  | { readonly state: "signed_in"; readonly user: User };

/** Runs one task at a time under a name, over all tabs of this browser. */
export type Exclusive = <T>(name: string, task: () => Promise<T>) => Promise<T>;

interface ApiOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: NonNullable<CallOptions["fetch"]>;
  readonly exclusive: Exclusive;
}

/** A token that ends within this long is renewed before it is used, in milliseconds. */
const RENEW_BEFORE = 60_000;
/** A call that is not answered after this long is given up, in milliseconds: a command may take 10 s. */
const CALL_LIMIT = 30_000;

type Credentials = z.input<typeof contracts.auth.login.body>;
type NewAccount = z.input<typeof contracts.auth.setup.body>;

/** Signs in and out, renews the access token, and makes the REST calls of the signed-in user. */
export class Api {
  readonly state = signal<AuthState>({ state: "checking" });

  readonly #options: ApiOptions;
  #token: { readonly text: string; readonly until: number } | undefined;
  #refreshing: Promise<CallResult<SignedIn>> | undefined;
  #failures = 0;
  #retry: Disposable | undefined;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Finds out whether this browser is signed in; repeats the request until the coordinator answers. */
  async resume(): Promise<void> {
    this.#retry?.[Symbol.dispose]();
    const result = await this.#refresh();
    if (result.ok || isAboutLogin(result.status)) return;
    const { clock, random } = this.#options;
    const delay = retryDelay(++this.#failures, random);
    const retryAt = (clock.now() + delay) as Millis;
    this.state.value = { state: "unreachable", message: result.error.message, retryAt };
    this.#retry = clock.after(delay, () => void this.resume());
  }

  /** Calls as the user who is signed in. A token that is refused is renewed once. */
  async call<C extends Contract>(
    spec: C,
    args: CallArgs<C>,
    options: Pick<CallOptions, "idempotencyKey"> = {},
  ): Promise<CallResult<Answer<C>>> {
    const token = await this.freshToken();
    const first = await this.#send(spec, args, { ...options, token });
    if (first.ok || first.status !== 401 || token === undefined) return first;
    const renewed = await this.#refresh();
    if (!renewed.ok) return first;
    return await this.#send(spec, args, { ...options, token: renewed.value.token });
  }

  /** A token that can still be used for a while; `undefined` when there is none. */
  async freshToken(): Promise<string | undefined> {
    if (this.state.value.state !== "signed_in") return undefined;
    if (this.#left() < RENEW_BEFORE) await this.#refresh();
    return this.#left() > 0 ? this.#token?.text : undefined;
  }

  signIn(body: Credentials): Promise<CallResult<SignedIn>> {
    return this.#enter(this.#send(contracts.auth.login, { body }, {}));
  }

  /** Creates the first administrator. */
  setUp(body: NewAccount): Promise<CallResult<SignedIn>> {
    return this.#enter(this.#send(contracts.auth.setup, { body }, {}));
  }

  accept(body: NewAccount): Promise<CallResult<SignedIn>> {
    return this.#enter(this.#send(contracts.auth.accept, { body }, {}));
  }

  /** Ends the login in this browser even if the coordinator cannot be reached. */
  async signOut(): Promise<void> {
    const token = this.#token?.text;
    this.#leave("You signed out.");
    await this.#send(contracts.auth.logout, {}, { token });
  }

  /** Takes over what the coordinator tells about the user, whom an administrator may have changed. */
  see(user: User): void {
    const state = this.state.peek();
    if (state.state !== "signed_in" || JSON.stringify(state.user) === JSON.stringify(user)) return;
    this.state.value = { state: "signed_in", user };
  }

  /** The token was refused elsewhere: on the live connection. */
  async renew(): Promise<boolean> {
    return (await this.#refresh()).ok;
  }

  #left(): number {
    return this.#token ? this.#token.until - this.#options.clock.now() : 0;
  }

  #refresh(): Promise<CallResult<SignedIn>> {
    this.#refreshing ??= this.#options
      .exclusive("farpad.refresh", () => this.#send(contracts.auth.refresh, {}, {}))
      .then((result) => {
        this.#refreshing = undefined;
        if (result.ok) this.#welcome(result.value);
        else if (isAboutLogin(result.status)) this.#refused();
        return result;
      });
    return this.#refreshing;
  }

  #refused(): void {
    const was = this.state.value.state === "signed_in";
    this.#leave(was ? "Your login ended. Sign in again to go on." : undefined);
  }

  async #enter(answer: Promise<CallResult<SignedIn>>): Promise<CallResult<SignedIn>> {
    const result = await answer;
    if (result.ok) this.#welcome(result.value);
    return result;
  }

  #welcome({ token, expires_in_s, user }: SignedIn): void {
    this.#failures = 0;
    this.#token = { text: token, until: this.#options.clock.now() + expires_in_s * 1000 };
    this.state.value = { state: "signed_in", user };
  }

  #leave(why: string | undefined): void {
    this.#token = undefined;
    this.state.value = { state: "signed_out", ...(why === undefined ? {} : { why }) };
  }

  async #send<C extends Contract>(
    spec: C,
    args: CallArgs<C>,
    options: Pick<CallOptions, "token" | "idempotencyKey">,
  ): Promise<CallResult<Answer<C>>> {
    const aborting = new AbortController();
    const seconds = CALL_LIMIT / 1000;
    using _limit = this.#options.clock.after(
      CALL_LIMIT,
      () => aborting.abort(new Error(`no answer within ${seconds} s`)),
    );
    const { fetch } = this.#options;
    return await call(spec, args, { ...options, fetch, signal: aborting.signal });
  }
}

/**
 * Whether a refusal with this status says that there is no login. Other answers (too many requests, a fault of the
 * coordinator, an answer of another version) leave open whether there is one.
 */
function isAboutLogin(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** The browser's own locks keep two tabs from spending the same refresh token. */
export const browserExclusive: Exclusive = async (name, task) =>
  await navigator.locks.request(name, task);
