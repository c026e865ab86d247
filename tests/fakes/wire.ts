import type { Served, Wire } from "../../coordinator/sockets/serve_leg.ts";
import { readPing } from "../../protocol/connection/ping.ts";

/** A socket without a network: keeps the sent messages, and reads only as fast as the test sets. */
export class FakeWire implements Wire {
  readonly sent: string[] = [];
  closed: { code: number; reason: string } | undefined;
  bufferedAmount = 0;
  /** Whether the other end has proved who it is. */
  isKnown = false;
  /** The pings that were sent; the other messages are in `sent`. */
  pings = 0;
  /** The connection whose pings are answered; while there is none, they are not. */
  answersTo: Served | undefined;

  closeCode(): number | undefined {
    return this.closed?.code;
  }

  send(text: string): void {
    const ping = readPing(text);
    if (ping?.type === "ping") {
      this.pings += 1;
      return this.answersTo?.text(JSON.stringify({ ...ping, type: "ping.response" }));
    }
    this.sent.push(text);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  known(): void {
    this.isKnown = true;
  }
}
