import type { Wire } from "../../coordinator/sockets/serve_leg.ts";

/** A socket without a network: keeps what was sent, and reads no faster than the test says. */
export class FakeWire implements Wire {
  readonly sent: string[] = [];
  closed: { code: number; reason: string } | undefined;
  bufferedAmount = 0;

  closeCode(): number | undefined {
    return this.closed?.code;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }
}
