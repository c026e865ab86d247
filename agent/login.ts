/**
 * The device's login, as a pure machine.
 *
 * ```
 * offline ──socket open──▶ asking ──auth.challenge──▶ proving ──auth.login.response──▶ online
 *    ▲                        └── with an enrolment token: no challenge ──────────────▶ │
 *    └───────────── socket closed ◀── auth.challenge, while online: sign it and stay ───┘
 * ```
 *
 * @module
 */
import { type AgentConfig, type FromAgent, type ToAgent } from "../protocol/legs/agent_leg.ts";
import { canonicalHost, isLoopbackHost } from "../protocol/addresses/hosts.ts";
import type { SenderId } from "../protocol/ids.ts";

/** The states of the drawing above. `why`: why the device is not online, where a reason was given. */
export type LoginState =
  | { readonly state: "offline"; readonly why: string | undefined }
  | { readonly state: "asking" | "proving"; readonly why: string | undefined }
  | {
    readonly state: "online";
    readonly senderId: SenderId;
    readonly token: string;
    readonly config: AgentConfig;
    /** This device's clock minus the coordinator's, in milliseconds, if the answer contains it. */
    readonly skew: number | undefined;
  };

/** The state at the start. */
export const OFFLINE: LoginState = { state: "offline", why: undefined };

type LoginPayload = Extract<FromAgent, { type: "auth.login" }>["payload"];
type LoginAnswer = Extract<ToAgent, { type: "auth.login.response" }>["payload"];
/** A challenge of the coordinator, which the device signs. */
export type Challenge = Extract<ToAgent, { type: "auth.challenge" }>["payload"];

/** The device's identity at a login. */
export interface Credentials {
  readonly publicKey: string;
  readonly senderId: SenderId | undefined;
  /** An unused enrolment token. */
  readonly token: string | undefined;
}

/**
 * The login's payload, or a sentence that says why the device cannot log in. A new token on an enrolled device
 * enrols it again.
 */
export function loginWith(
  { publicKey, senderId, token }: Credentials,
): Pick<LoginPayload, "enrollment_token" | "device_public_key" | "device_id"> | { error: string } {
  if (token !== undefined) return { enrollment_token: token, device_public_key: publicKey };
  if (senderId !== undefined) return { device_id: senderId };
  return {
    error: "This device is not enrolled: give it an enrolment token, as farpad-agent enrol TEXT",
  };
}

/** The sender that signs a challenge: the enrolled one, or the one that the token names. */
export function signer({ senderId, token }: Credentials): SenderId | undefined {
  return token === undefined ? senderId : token.split(".")[0] as SenderId;
}

/** Why a challenge is not signed: another program may have copied a challenge that names another host. */
export function whyNotSign({ host }: Challenge, url: string): string | undefined {
  const dialled = new URL(url).host;
  return host === dialled
    ? undefined
    : `The challenge is for ${host}, and this device dialled ${dialled}: it is not signed. ` +
      "Set FARPAD_PUBLIC_URL of the coordinator to the address that devices dial";
}

/** Why an address is not dialled: without TLS everybody on the way reads tokens and the keys of streams. */
export function whyNotDial(url: string, allowPlain: boolean): string | undefined {
  const { protocol, hostname, host } = new URL(url);
  const name = canonicalHost(hostname);
  if (allowPlain || protocol === "wss:" || (name !== undefined && isLoopbackHost(name))) {
    return undefined;
  }
  return `The coordinator's address ${protocol}//${host} is not dialled: everybody on the way could ` +
    "read what this device sends. Use wss://, or set allow_plain = on where nobody listens";
}

/** The state after an answer to the login. */
export function answered(answer: LoginAnswer): LoginState {
  if (!answer.success) return { state: "offline", why: answer.error.message };
  const { sender_id, session_token, config, clock_skew_ms } = answer;
  return {
    state: "online",
    senderId: sender_id,
    token: session_token,
    config,
    skew: clock_skew_ms,
  };
}

/** The state after the end of the socket; the reason for a refusal stays. */
export function closed(before: LoginState, reason: string): LoginState {
  if (before.state === "online") {
    return { state: "offline", why: reason || "The connection was lost" };
  }
  return {
    state: "offline",
    why: before.why ?? (reason || "The coordinator could not be reached"),
  };
}
