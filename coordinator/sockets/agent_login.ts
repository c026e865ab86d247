/**
 * The login of a device at `/agent/ws`. A device sends an enrolment token with a new key, or proves that it holds the
 * key that it enrolled with. It proves this again before its session token expires.
 *
 * ```text
 *  not logged in ──token and key──▶ logged in
 *     └──id──▶ challenged ──signature──▶ logged in ──token expires soon──▶ challenged again, still logged in
 * ```
 *
 * @module
 */
import { COMMAND_LIMIT, type FromAgent, type ToAgent } from "../../protocol/legs/agent_leg.ts";
import { CLOSE, type CloseCode } from "../../protocol/close.ts";
import { stamp } from "../../protocol/envelope.ts";
import type { SenderId } from "../../protocol/ids.ts";
import { dialledHost } from "../listen/dialled_host.ts";
import type { RequestFacts } from "../listen/request_facts.ts";
import { createRateLimit, type RateLimit } from "../accounts/rate_limit.ts";
import { addressPrefix } from "../listen/address_prefix.ts";
import { agentConfig, type DeviceFacts, type Senders } from "../fleet/senders.ts";
import type { SenderRecord } from "../records/fleet.ts";
import { isRefused, type Refused, refused } from "../refusals.ts";
import { type Challenge, checkProof, createChallenge } from "../secrets/device_proof.ts";
import { type SignedTokens, TOKEN_SECONDS } from "../secrets/signed_token.ts";
import { splitToken } from "../secrets/token.ts";
import type { Connection, LegPorts } from "./serve_leg.ts";

/** Time between the next challenge and the end of the session token, in milliseconds. */
const RENEW_BEFORE = 60_000;
/** Limits of the logins with a token: one in two seconds from one address prefix, one in ten seconds for one sender. */
const TOKENS_PER_ADDRESS = { perSecond: 0.5, burst: 60 };
const TOKENS_PER_SENDER = { perSecond: 0.1, burst: 10 };
/** Limit of the challenges for one sender and one address prefix. Requests from elsewhere do not count. */
const PROOFS = { perSecond: 0.1, burst: 10 };

/** A device's login message. */
export type Login = Extract<FromAgent, { type: "auth.login" }>;
type ChallengeResponse = Extract<FromAgent, { type: "auth.challenge.response" }>;

/** The rate limits of logins, shared by all connections. */
export interface AgentAdmission {
  readonly tokensPerAddress: RateLimit;
  readonly tokensPerSender: RateLimit;
  readonly proofs: RateLimit;
}

/** Creates the rate limits of logins. */
export function createAgentAdmission({ clock }: Pick<LegPorts, "clock">): AgentAdmission {
  return {
    tokensPerAddress: createRateLimit(clock, TOKENS_PER_ADDRESS),
    tokensPerSender: createRateLimit(clock, TOKENS_PER_SENDER),
    proofs: createRateLimit(clock, PROOFS),
  };
}

/** A challenge that was sent, and the login that its signature completes. */
interface SentChallenge {
  readonly id: string;
  readonly senderId: SenderId;
  readonly challenge: Challenge;
  readonly login: Login;
  readonly deadline: Disposable;
}

/** The device that is logged in. */
export interface LoggedInDevice {
  readonly senderId: SenderId;
  /** The valid session tokens: the newest, and the one before it, which messages on their way may still carry. */
  readonly tokens: readonly string[];
}

/** The services that {@linkcode AgentLogin} uses. */
export interface LoginServices {
  readonly senders: Senders;
  readonly tokens: SignedTokens;
  readonly agentAdmission: AgentAdmission;
}

/** The login of one connection. */
export class AgentLogin implements Disposable {
  readonly #services: LoginServices;
  readonly #ports: LegPorts;
  readonly #facts: RequestFacts;
  readonly #connection: Connection<ToAgent>;
  readonly #entered: (row: SenderRecord, login: Login) => void;
  #asked: SentChallenge | undefined;
  #known: LoggedInDevice | undefined;
  #renewal: Disposable | undefined;
  #open = true;

  /** `facts`: those of the request. `entered` is called once, when the device is logged in. */
  constructor(
    services: LoginServices,
    { ports, facts, connection, entered }: {
      ports: LegPorts;
      facts: RequestFacts;
      connection: Connection<ToAgent>;
      entered: (row: SenderRecord, login: Login) => void;
    },
  ) {
    this.#services = services;
    this.#ports = ports;
    this.#facts = facts;
    this.#connection = connection;
    this.#entered = entered;
  }

  /** The device that is logged in; `undefined` before the login. */
  get known(): LoggedInDevice | undefined {
    return this.#known;
  }

  [Symbol.dispose](): void {
    this.#open = false;
    this.#asked?.deadline[Symbol.dispose]();
    this.#renewal?.[Symbol.dispose]();
  }

  /** Handles a login message: enrols the device, challenges it, or refuses the login and closes the connection. */
  async login(message: Login): Promise<void> {
    const { enrollment_token: token, device_public_key: key, device_id: id } = message.payload;
    if (!this.#admits(message)) {
      const text = "Cannot log in: too many attempts. Try again in a minute";
      return this.#turnAway(message, refused("rate", text), CLOSE.tooMany);
    }
    if (this.#known && (token !== undefined || id !== this.#known.senderId)) {
      const text = `Cannot log in as another: this connection is ${this.#known.senderId}`;
      return this.#turnAway(message, refused("forbidden", text));
    }
    if (token !== undefined) return await this.#enroll(message, { token, key });
    if (id === undefined) {
      const text =
        "Cannot log in: send an enrollment_token with a device_public_key, or a device_id";
      return this.#turnAway(message, refused("bad_request", text));
    }
    await this.#challenge(message, id);
  }

  #admits({ payload: { enrollment_token: token, device_id: id } }: Login): boolean {
    const { tokensPerAddress, tokensPerSender, proofs } = this.#services.agentAdmission;
    const prefix = addressPrefix(this.#connection.address);
    if (token === undefined) return proofs.take(`${id} ${prefix}`);
    return tokensPerAddress.take(prefix) && tokensPerSender.take(splitToken(token)?.id ?? "");
  }

  async #enroll(
    message: Login,
    { token, key }: { token: string; key: string | undefined },
  ): Promise<void> {
    if (key === undefined) {
      const text =
        "Cannot enrol: device_public_key is missing. Make a key pair before using the token";
      return this.#turnAway(message, refused("bad_request", text));
    }
    const address = this.#connection.address;
    const facts = this.#factsOf(message);
    const row = await this.#services.senders.enroll(token, { key, facts, address });
    if (!isRefused(row)) return await this.#welcome(message, row);
    // The response to its enrolment may have been lost. Its key is then stored, and the device can prove it.
    if (row.refusal.code === "token_used") {
      const id = splitToken(token)?.id as SenderId;
      if (await this.#services.senders.deviceKey(id) === key) {
        return await this.#challenge(message, id);
      }
    }
    this.#turnAway(message, row);
  }

  async #challenge(message: Login, senderId: SenderId): Promise<void> {
    const key = await this.#services.senders.deviceKey(senderId);
    if (isRefused(key)) return this.#turnAway(message, key);
    this.#ask(message, senderId);
  }

  #ask(login: Login, senderId: SenderId): void {
    if (!this.#open) return;
    this.#asked?.deadline[Symbol.dispose]();
    const host = dialledHost(this.#facts, login.payload.dialled_host);
    if (host === undefined) {
      const text =
        "Cannot log in: the request names no host. Set FARPAD_PUBLIC_URL on the coordinator";
      return this.#turnAway(login, refused("bad_request", text));
    }
    const challenge = createChallenge(this.#ports, host);
    const envelope = stamp(this.#ports);
    const deadline = this.#ports.clock.after(COMMAND_LIMIT, () => {
      this.#connection.close(CLOSE.silent, "Closed: the challenge was not answered in time");
    });
    this.#asked = { id: envelope.id, senderId, challenge, login, deadline };
    this.#connection.send({ ...envelope, type: "auth.challenge", payload: challenge });
  }

  /** Checks the signature that answers a challenge, and completes the login or refuses it. */
  async prove({ id, payload }: ChallengeResponse): Promise<void> {
    const asked = this.#asked;
    if (!asked || asked.id !== id) {
      const text = "Cannot take the signature: no challenge of this id is open";
      return this.#connection.close(CLOSE.unauthenticated, text);
    }
    this.#asked = undefined;
    asked.deadline[Symbol.dispose]();
    const { senderId, challenge, login } = asked;
    const { device_id, signature } = payload;
    if (device_id !== senderId) {
      const text = `Cannot take the signature: the challenge was for ${senderId}`;
      return this.#turnAway(login, refused("forbidden", text));
    }
    const key = await this.#services.senders.deviceKey(senderId);
    if (isRefused(key)) return this.#turnAway(login, key);
    const { clock } = this.#ports;
    const fault = await checkProof(challenge, { device_id, key, signature, clock });
    if (fault === "too_late") {
      const text = "Cannot log in: the challenge was answered too late";
      return this.#turnAway(login, refused("token_expired", text), CLOSE.silent);
    }
    if (fault) {
      const text = `Cannot log in: the signature is not of the key that ${senderId} enrolled with`;
      return this.#turnAway(login, refused("forbidden", text), CLOSE.forbidden);
    }
    const row = await this.#services.senders.seen(senderId, this.#factsOf(login));
    if (row) await this.#welcome(login, row);
  }

  async #welcome(login: Login, row: SenderRecord): Promise<void> {
    const session = stamp(this.#ports).id;
    const claims = { subject: row.sender_id, session };
    const token = await this.#services.tokens.sign("farpad-agent", claims);
    // A decommission meanwhile closed the sockets of those only that were logged in.
    const key = await this.#services.senders.deviceKey(row.sender_id);
    if (!this.#open) return;
    if (isRefused(key)) return this.#turnAway(login, key);
    const first = this.#known === undefined;
    this.#known = {
      senderId: row.sender_id,
      tokens: [token, ...this.#known?.tokens.slice(0, 1) ?? []],
    };
    this.#renewal?.[Symbol.dispose]();
    this.#renewal = this.#ports.clock.after(TOKEN_SECONDS * 1000 - RENEW_BEFORE, () => {
      this.#ask(login, row.sender_id);
    });
    const { clock_skew_ms } = this.#factsOf(login);
    this.#connection.send({
      ...stamp(this.#ports),
      id: login.id,
      type: "auth.login.response",
      payload: {
        success: true,
        sender_id: row.sender_id,
        session_token: token,
        expires_in_s: TOKEN_SECONDS,
        config: agentConfig(row),
        server_time: this.#ports.clock.epoch(),
        ...(clock_skew_ms === undefined ? {} : { clock_skew_ms }),
      },
    });
    if (first) this.#entered(row, login);
  }

  #turnAway(
    login: Login,
    { refusal }: Refused,
    code: CloseCode = CLOSE.unauthenticated,
  ): void {
    const { code: name, message } = refusal;
    this.#ports.log.warn("agent refused", { address: this.#connection.address, code: name });
    this.#connection.send({
      ...stamp(this.#ports),
      id: login.id,
      type: "auth.login.response",
      payload: { success: false, error: { code: name, message } },
    });
    this.#connection.close(code, `Closed: ${name}`);
  }

  #factsOf({ payload, proto, ts }: Login): DeviceFacts {
    const { hostname, arch, agent_version } = payload;
    const sentAt = ts === undefined ? NaN : Date.parse(ts);
    const skew = Math.round(sentAt - this.#ports.clock.epoch());
    return {
      ...{ hostname, arch, agent_version, proto },
      clock_skew_ms: Number.isFinite(skew) ? skew : undefined,
    };
  }
}
