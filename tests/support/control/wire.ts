/**
 * The other end of a served leg, in memory: what was sent can be read, the next message of a type awaited, and pings
 * are answered.
 *
 * @module
 */
import type { Served, Wire } from "../../../coordinator/sockets/serve_leg.ts";
import { readPing } from "../../../protocol/connection/ping.ts";

export interface ReceivedMessage {
  readonly id: string;
  readonly type: string;
  // deno-lint-ignore no-explicit-any -- tests look into payloads of every shape
  readonly payload: any;
}

export class FakeWire implements Wire {
  readonly messages: ReceivedMessage[] = [];
  /** Called with each message as it arrives. */
  onMessage: (message: ReceivedMessage) => void = () => {};
  closed: { readonly code: number; readonly reason: string } | undefined;
  bufferedAmount = 0;
  /** The connection whose pings are answered; while there is none, they are not. */
  answersTo: Served | undefined;
  #taken = 0;
  #waiting: { readonly type: string; readonly take: (message: ReceivedMessage) => void }[] = [];
  #closeWaiting: (() => void)[] = [];

  send(text: string): void {
    const ping = readPing(text);
    if (ping) {
      return this.answersTo?.text(JSON.stringify({ ...ping, type: "ping.response" }));
    }
    const message = JSON.parse(text) as ReceivedMessage;
    this.messages.push(message);
    this.#deliver();
    this.onMessage(message);
  }

  known(): void {}

  close(code: number, reason: string): void {
    this.closed = { code, reason };
    for (const done of this.#closeWaiting) done();
  }

  /** Resolves once it was closed. */
  async whenClosed(): Promise<{ code: number; reason: string }> {
    if (!this.closed) await new Promise<void>((done) => void this.#closeWaiting.push(done));
    return this.closed!;
  }

  /** The next message of this type that was not taken yet; those before it are skipped. */
  next(type: string): Promise<ReceivedMessage> {
    return new Promise((take) => {
      this.#waiting.push({ type, take });
      this.#deliver();
    });
  }

  #deliver(): void {
    const [waiter] = this.#waiting;
    if (!waiter) return;
    const at = this.messages.findIndex(({ type }, n) => n >= this.#taken && type === waiter.type);
    if (at < 0) return;
    this.#taken = at + 1;
    this.#waiting.shift();
    waiter.take(this.messages[at]!);
    this.#deliver();
  }
}
