/**
 * A scripted control plane for a real agent, over a real socket.
 *
 * @module
 */
import { refuse } from "../../../protocol/envelope.ts";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import {
  challengeText,
  type FromAgent,
  fromAgent,
  type ToAgent,
  toAgent,
} from "../../../protocol/legs/agent_leg.ts";
import { SenderId } from "../../../protocol/ids.ts";
import { waitFor } from "./children.ts";

/** The sender that the agent is enrolled as. */
export const SENDER = SenderId.parse("snd_box7");
/** The enrolment token of {@linkcode SENDER}. */
export const TOKEN = "snd_box7.ABCDEFGHJKLMNPQRSTUVWXYZ23";
/** The token in the answer to a login. */
export const SESSION_TOKEN = "session-token";

type Send = <T extends ToAgent["type"]>(
  type: T,
  payload: Extract<ToAgent, { type: T }>["payload"],
  id?: string,
) => void;

/** The coordinator's end of the agent leg, driven by a test. */
export class ControlPlane implements AsyncDisposable {
  readonly #server: WebSocketServer;
  #socket: WebSocket | undefined;
  #ids = 0;
  /** All messages of the agent, oldest first. */
  readonly received: FromAgent[] = [];
  /** Texts that are not messages of the leg. */
  readonly strange: string[] = [];
  sockets = 0;
  /** How logins are answered; a test may change it. */
  login: "welcome" | "challenge" | "refuse" = "welcome";
  /** The host in challenges; the dialled one when absent. */
  challengedHost: string | undefined;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => this.#connected(socket));
  }

  static async listen(): Promise<ControlPlane> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/agent/ws" });
    const plane = new ControlPlane(server);
    await waitFor("a listening control plane", () => server.address() ?? undefined);
    return plane;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `ws://${this.host}/agent/ws`;
  }

  /** Sends a message to the agent and returns its id. */
  readonly send: Send = (type, payload, id) => {
    const message = { id: id ?? `m${this.#ids++}`, type, payload } as ToAgent;
    this.#socket?.send(toAgent.encode(message));
  };

  sendRaw(text: string): void {
    this.#socket?.send(text);
  }

  /** Cuts the socket without a close frame. */
  cut(): void {
    this.#socket?.terminate();
  }

  welcome(id: string): void {
    this.send("auth.login.response", {
      success: true,
      sender_id: SENDER,
      session_token: SESSION_TOKEN,
      expires_in_s: 600,
      config: { name: "Box 7", status_period_ms: 10_000, stats_period_ms: 1_000 },
      server_time: Date.now(),
    }, id);
  }

  challenge(id: string): void {
    const challenge = "C".repeat(43);
    const host = this.challengedHost ?? this.host;
    this.send("auth.challenge", { challenge, host, timestamp: 1, role: "agent" }, id);
  }

  /** Whether a signature is that of the key over the challenge. */
  async isProof(publicKey: string, signature: string): Promise<boolean> {
    const from = (text: string) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const key = await crypto.subtle.importKey("raw", from(publicKey), "Ed25519", false, ["verify"]);
    const challenge = { challenge: "C".repeat(43), host: this.host, timestamp: 1 } as const;
    const text = challengeText({ ...challenge, role: "agent", device_id: SENDER });
    return await crypto.subtle.verify("Ed25519", key, from(signature), text);
  }

  /** The next message of a type after the first `from` messages. */
  receive<T extends FromAgent["type"]>(
    type: T,
    { from = 0, holds = () => true }: {
      from?: number;
      holds?: (message: Extract<FromAgent, { type: T }>) => boolean;
    } = {},
  ): Promise<Extract<FromAgent, { type: T }>> {
    return waitFor(
      `${type} from the agent`,
      () =>
        this.received.slice(from).find((message): message is Extract<FromAgent, { type: T }> =>
          message.type === type && holds(message as Extract<FromAgent, { type: T }>)
        ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(socket: WebSocket): void {
    this.#socket = socket;
    this.sockets += 1;
    socket.on("message", (data) => {
      const decoded = fromAgent.decode(String(data));
      if (!decoded.ok) return void this.strange.push(String(data));
      this.received.push(decoded.message);
      if (decoded.message.type === "auth.login") this.#login(decoded.message.id);
      if (decoded.message.type === "auth.challenge.response") this.welcome(this.#loginId);
    });
  }

  #loginId = "";

  #login(id: string): void {
    this.#loginId = id;
    if (this.login === "challenge") return this.challenge("challenge-1");
    if (this.login === "welcome") return this.welcome(id);
    const { error } = refuse("token_used", "Cannot enrol: the token was used");
    this.send("auth.login.response", { success: false, error }, id);
    this.#socket?.close(4401, "Closed: token_used");
  }
}
