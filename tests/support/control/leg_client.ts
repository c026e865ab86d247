/**
 * The client's end of any leg over a real socket: sends messages and awaits the next one of a type.
 *
 * @module
 */
import WebSocket from "ws";
import { FakeWire, type ReceivedMessage } from "./wire.ts";

export class LegClient implements AsyncDisposable {
  readonly #socket: WebSocket;
  /** Collects the messages that arrive. */
  readonly #inbox = new FakeWire();
  #count = 0;
  token: string | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#inbox.send(String(data)));
    socket.on("close", (code, reason) => this.#inbox.close(code, String(reason)));
    // A fault of the socket is visible as its close.
    socket.on("error", () => {});
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<LegClient> {
    const socket = new WebSocket(url, { headers });
    const client = new LegClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  /** Sends a message and returns its id. */
  send(type: string, payload: unknown, more: Record<string, unknown> = {}): string {
    const id = `client-${this.#count++}`;
    const token = this.token === undefined ? {} : { token: this.token };
    const ts = new Date().toISOString();
    this.#socket.send(JSON.stringify({ id, type, ts, ...token, payload, ...more }));
    return id;
  }

  text(text: string): void {
    this.#socket.send(text);
  }

  next(type: string): Promise<ReceivedMessage> {
    return this.#inbox.next(type);
  }

  /** The next message of a type that satisfies `fits`. */
  async until(type: string, fits: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage> {
    for (;;) {
      const message = await this.next(type);
      if (fits(message)) return message;
    }
  }

  closed(): Promise<{ code: number; reason: string }> {
    return this.#inbox.whenClosed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed();
  }
}
