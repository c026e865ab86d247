/**
 * The device's end of `/agent/ws`: it logs in on every new connection, proves its key, and passes commands on. The
 * loss of the coordinator has no effect on a running stream.
 *
 * @module
 */
import {
  challengeText,
  type FromAgent,
  fromAgent,
  type ToAgent,
  toAgent,
} from "../protocol/legs/agent_leg.ts";
import type { Clock } from "../protocol/clock.ts";
import {
  type ConnectionEnd,
  createLegClient,
  type Dial,
} from "../protocol/connection/leg_client.ts";
import { createWsDial } from "../protocol/connection/ws_dial.ts";
import { stamp } from "../protocol/envelope.ts";
import type { SenderId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import {
  answered,
  type Challenge,
  closed,
  type Credentials,
  type LoginState,
  loginWith,
  OFFLINE,
  signer,
  whyNotDial,
  whyNotSign,
} from "./login.ts";

/** Milliseconds to the next attempt after a refusal: an operator has to change something first. */
const REFUSED_RETRY = 30_000;
/** Close code of a connection whose challenge is not signed: a policy is violated (RFC 6455 §7.4.1). */
const NOT_SIGNED = 1008;

/** The coordinator's messages, except those of the login and of rights. */
export type Command = Exclude<
  ToAgent,
  { type: "auth.login.response" | "auth.challenge" | "device.rights" }
>;
/** The device's messages after the login. */
export type Report = Exclude<FromAgent, { type: "auth.login" | "auth.challenge.response" }>;
/**
 * Sends a report, or returns false when the device is not logged in; nothing is queued. A response repeats the `id` of
 * its request.
 */
export type Send = <T extends Report["type"]>(
  type: T,
  payload: Extract<Report, { type: T }>["payload"],
  id?: string,
) => boolean;

/** The parts of a control link. */
export interface ControlLinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Read before every attempt, so that a new token is used. */
  readonly target: () => { readonly url: string | undefined; readonly credentials: Credentials };
  /** Whether a coordinator on another machine may be dialled without TLS. */
  readonly allowPlain?: boolean;
  /** PEM text of a certificate authority to trust in addition to the system's. */
  readonly ca?: string | undefined;
  readonly facts: () => Pick<
    Extract<FromAgent, { type: "auth.login" }>["payload"],
    "agent_version" | "hostname" | "arch" | "running_streams"
  >;
  readonly sign: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
  /** Replaces the function that connects, in tests. */
  readonly dial?: Dial;
  readonly listener: {
    /** The device logged in, for the first time or again. */
    online(sender: SenderId): void;
    received(command: Command): void;
    changed(state: LoginState): void;
  };
}

/** The device's connection to its coordinator. */
export interface ControlLink extends Disposable {
  readonly state: LoginState;
  readonly send: Send;
}

/** Dials at once, or as soon as an address and credentials exist. */
export function createControlLink(options: ControlLinkOptions): ControlLink {
  const { log, listener, dial = createWsDial(options) } = options;
  let state: LoginState = OFFLINE;
  /** The address and login of this connection. */
  let dialled: { readonly url: string; readonly login: ReturnType<typeof loginWith> } | undefined;
  /** The newest challenge of this connection. */
  let asked: Challenge | undefined;
  const client = createLegClient<ToAgent, FromAgent>({
    ...options,
    dial,
    url: address,
    incoming: toAgent,
    outgoing: fromAgent,
    refusedRetry: REFUSED_RETRY,
    listener: {
      opened,
      received,
      unreadable: ({ refusal }) =>
        log.warn("unreadable message from the coordinator", { ...refusal }),
      closed: lost,
    },
  });

  /** The address to dial; `undefined` while something is missing, which `state` then names. */
  function address(): string | undefined {
    const { url, credentials } = options.target();
    const login = loginWith(credentials);
    if ("error" in login) return missing(login.error);
    if (!url) return missing("The coordinator's address is not set");
    const fault = whyNotDial(url, options.allowPlain ?? false);
    if (fault !== undefined) return missing(fault);
    dialled = { url, login };
    return url;
  }

  function missing(why: string): undefined {
    if (state.state !== "offline" || state.why !== why) log.warn("cannot log in yet", { why });
    set({ state: "offline", why });
  }

  function opened(): void {
    set({ state: "asking", why: undefined });
    if (!dialled) return;
    const { url, login } = dialled;
    const payload = { ...login, ...options.facts(), dialled_host: new URL(url).host };
    client.send({ ...stamp(options), type: "auth.login", payload });
  }

  function received(message: ToAgent): void {
    switch (message.type) {
      case "auth.challenge":
        return void prove(message.id, message.payload);
      case "auth.login.response": {
        const wasOnline = state.state === "online";
        set(answered(message.payload));
        if (state.state === "online") {
          if (wasOnline) return;
          client.accepted();
          log.info("logged in", { sender: state.senderId, url: dialled?.url });
          return listener.online(state.senderId);
        }
        return log.error("coordinator refused the login", { why: state.why });
      }
      case "device.rights":
        if (state.state === "online") {
          set({ ...state, config: { ...state.config, ...message.payload } });
        }
        return;
      default:
        if (state.state === "online") listener.received(message);
    }
  }

  async function prove(id: string, challenge: Challenge): Promise<void> {
    asked = challenge;
    const device = signer(options.target().credentials);
    const fault = device === undefined
      ? "There is a challenge before a login"
      : whyNotSign(challenge, dialled?.url ?? "");
    if (fault !== undefined || device === undefined) {
      log.error("challenge not signed", { fault });
      set({ state: "offline", why: fault });
      return client.close(NOT_SIGNED, "The challenge is not for this device");
    }
    if (state.state !== "online") set({ state: "proving", why: undefined });
    const signature = await options.sign(challengeText({ ...challenge, device_id: device }));
    // Another connection, or another challenge of this one, may have come meanwhile.
    if (asked !== challenge) return;
    const payload = { device_id: device, signature };
    client.send({ ...stamp(options), id, type: "auth.challenge.response", payload });
  }

  function lost({ code, reason, refused, retryIn: delay }: ConnectionEnd): void {
    asked = undefined;
    set(closed(state, reason));
    const why = state.state === "offline" ? state.why : undefined;
    if (refused) return log.error("coordinator refused this device", { code, why, delay });
    log.warn("connection to the coordinator lost, trying again", { code, why, delay });
  }

  function set(next: LoginState): void {
    state = next;
    listener.changed(state);
  }

  return {
    get state() {
      return state;
    },
    send(type, payload, id) {
      if (state.state !== "online") return false;
      const envelope = { ...stamp(options), ...(id !== undefined && { id }), token: state.token };
      return client.send({ ...envelope, type, payload } as Report);
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
