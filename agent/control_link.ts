/**
 * The device's side of `/agent/ws`: dial, log in, prove the key, keep trying. A lost coordinator never touches a
 * running stream.
 *
 * Uses `ws`, because Deno's own WebSocket client holds back messages above one kilobyte for 44 ms (measured).
 *
 * @module
 */
import { WebSocket } from "ws";
import {
  challengeText,
  type FromAgent,
  fromAgent,
  type ToAgent,
  toAgent,
} from "../protocol/legs/agent_leg.ts";
import type { Clock } from "../protocol/clock.ts";
import { isRetryable } from "../protocol/close.ts";
import { stamp } from "../protocol/envelope.ts";
import type { SenderId } from "../protocol/ids.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import { createReconnector } from "../protocol/reconnect.ts";
import {
  answered,
  type Challenge,
  closed,
  type Credentials,
  type LoginState,
  loginWith,
  OFFLINE,
  signer,
  whyNotSign,
} from "./login.ts";

/** The coordinator is dead when nothing, not even a ping, came for this long, in milliseconds. */
const SILENCE = 90_000;
/** After a refusal somebody has to do something first: try again this late, in milliseconds. */
const REFUSED_RETRY = 30_000;
/** A coordinator that leaves this many bytes unread is taken for dead. */
const MAX_BUFFERED = 1024 * 1024;

/** What the coordinator may ask, but for the login. */
export type Command = Exclude<ToAgent, { type: "auth.login.response" | "auth.challenge" }>;
/** What may be sent once logged in. */
export type Report = Exclude<FromAgent, { type: "auth.login" | "auth.challenge.response" }>;
export type Send = <T extends Report["type"]>(
  type: T,
  payload: Extract<Report, { type: T }>["payload"],
  id?: string,
) => boolean;

export interface ControlLinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Read before every attempt, so that a token given meanwhile is used. */
  readonly target: () => { readonly url: string | undefined; readonly credentials: Credentials };
  /** PEM text of an authority to trust besides the usual ones. */
  readonly ca?: string | undefined;
  readonly facts: () => Pick<
    Extract<FromAgent, { type: "auth.login" }>["payload"],
    "agent_version" | "hostname" | "arch" | "running_streams"
  >;
  readonly sign: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
  readonly listener: {
    /** Logged in, again or for the first time. */
    online(sender: SenderId): void;
    received(command: Command): void;
    changed(state: LoginState): void;
  };
}

export interface ControlLink extends Disposable {
  readonly state: LoginState;
  /** Sends now or never; false when nobody is there to take it. */
  readonly send: Send;
}

export function createControlLink(options: ControlLinkOptions): ControlLink {
  const { clock, random, log, listener, ca } = options;
  const reconnector = createReconnector({ clock, random, connect });
  let state: LoginState = OFFLINE;
  let socket: WebSocket | undefined;
  let dialled = "";
  let silence: Disposable | undefined;
  let later: Disposable | undefined;
  let over = false;
  connect();

  function connect(): void {
    if (over) return;
    const { url, credentials } = options.target();
    const login = loginWith(credentials);
    if ("error" in login) return wait(login.error);
    if (!url) return wait("The coordinator's address is not set");
    dialled = url;
    const current = new WebSocket(url, {
      handshakeTimeout: 10_000,
      maxPayload: 1024 * 1024,
      rejectUnauthorized: !isLoopback(url),
      ...(ca !== undefined && { ca }),
    });
    socket = current;
    current.on("open", () => {
      listenForSilence(current);
      set({ state: "asking", why: undefined });
      const payload = { ...login, ...options.facts(), dialled_host: new URL(url).host };
      current.send(fromAgent.encode({ ...stamp(options), type: "auth.login", payload }));
    });
    current.on("ping", () => listenForSilence(current));
    current.on("message", (data) => {
      listenForSilence(current);
      read(String(data), current);
    });
    current.on("error", ({ message }) => {
      log.debug("control socket error", { error: message });
      if (state.state === "offline") set({ state: "offline", why: message });
    });
    current.on("close", (code, reason) => lost(current, { code, reason: String(reason) }));
  }

  function read(text: string, from: WebSocket): void {
    const decoded = toAgent.decode(text);
    if (!decoded.ok) {
      return log.warn("message from the coordinator refused", { ...decoded.refusal });
    }
    const { message } = decoded;
    switch (message.type) {
      case "auth.challenge":
        return void prove(message.id, message.payload, from);
      case "auth.login.response": {
        const wasOnline = state.state === "online";
        set(answered(message.payload));
        if (state.state === "online") {
          if (wasOnline) return;
          reconnector.opened();
          log.info("logged in", { sender: state.senderId, url: dialled });
          return listener.online(state.senderId);
        }
        return log.error("the coordinator refused this device", { why: state.why });
      }
      default:
        if (state.state === "online") listener.received(message);
    }
  }

  async function prove(id: string, challenge: Challenge, to: WebSocket): Promise<void> {
    const device = signer(options.target().credentials);
    const fault = device === undefined
      ? "There is a challenge before a login"
      : whyNotSign(challenge, dialled);
    if (fault !== undefined || device === undefined) {
      log.error("challenge not signed", { fault });
      set({ state: "offline", why: fault });
      return to.close(1008, "The challenge is not for this device");
    }
    if (state.state !== "online") set({ state: "proving", why: undefined });
    const signature = await options.sign(challengeText({ ...challenge, device_id: device }));
    if (to.readyState !== WebSocket.OPEN) return;
    const payload = { device_id: device, signature };
    to.send(fromAgent.encode({ ...stamp(options), id, type: "auth.challenge.response", payload }));
  }

  function lost(which: WebSocket, { code, reason }: { code: number; reason: string }): void {
    silence?.[Symbol.dispose]();
    if (which !== socket || over) return;
    socket = undefined;
    set(closed(state, reason));
    const why = state.state === "offline" ? state.why : undefined;
    if (isRetryable(code)) {
      const delay = reconnector.lost();
      return log.warn("coordinator is away, trying again", { code, why, delay });
    }
    log.error("coordinator refuses this device", { code, why, delay: REFUSED_RETRY });
    later = clock.after(REFUSED_RETRY, connect);
  }

  function wait(why: string): void {
    if (state.state !== "offline" || state.why !== why) log.warn("cannot log in yet", { why });
    set({ state: "offline", why });
    later = clock.after(REFUSED_RETRY, connect);
  }

  function set(next: LoginState): void {
    state = next;
    listener.changed(state);
  }

  function listenForSilence(which: WebSocket): void {
    silence?.[Symbol.dispose]();
    silence = clock.after(SILENCE, () => which.terminate());
  }

  return {
    get state() {
      return state;
    },
    send(type, payload, id) {
      if (state.state !== "online" || socket?.readyState !== WebSocket.OPEN) return false;
      if (socket.bufferedAmount > MAX_BUFFERED) {
        log.error("coordinator reads too slowly, dropping the connection");
        socket.terminate();
        return false;
      }
      const envelope = { ...stamp(options), ...(id !== undefined && { id }), token: state.token };
      socket.send(fromAgent.encode({ ...envelope, type, payload } as Report));
      return true;
    },
    [Symbol.dispose]() {
      over = true;
      reconnector[Symbol.dispose]();
      silence?.[Symbol.dispose]();
      later?.[Symbol.dispose]();
      socket?.close(1000, "The agent is shutting down");
    },
  };
}

/** What stays on this machine needs no proof of who answers; its certificate names the public host anyway. */
function isLoopback(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}
