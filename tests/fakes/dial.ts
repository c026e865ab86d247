import { readPing } from "../../protocol/connection/ping.ts";
import type { Dial, WireListener } from "../../protocol/connection/leg_client.ts";

/** One connection that was dialled; the test plays the far end. */
export interface FakeWire {
  readonly url: string;
  readonly far: WireListener;
  /** The messages that the near end sent, oldest first. */
  readonly sent: string[];
  closed: boolean;
  /** The pings that the near end sent; the other messages are in `sent`. */
  pings: number;
  /** Pings are not answered. */
  mute: boolean;
  /** The bytes that the near end counts as not yet sent. */
  bufferedAmount: number;
}

/** Connections that the test opens and closes. */
export function createFakeDial(): { readonly dial: Dial; readonly wires: FakeWire[] } {
  const wires: FakeWire[] = [];
  return {
    wires,
    dial(url, far) {
      const wire: FakeWire = {
        ...{ url, far, sent: [], closed: false, pings: 0, mute: false, bufferedAmount: 0 },
      };
      wires.push(wire);
      return {
        send(text) {
          const ping = readPing(text);
          if (ping?.type !== "ping") return void wire.sent.push(text);
          wire.pings += 1;
          if (!wire.mute) far.text(JSON.stringify({ ...ping, type: "ping.response" }));
        },
        close: () => void (wire.closed = true),
        terminate: () => void (wire.closed = true),
        get bufferedAmount() {
          return wire.bufferedAmount;
        },
      };
    },
  };
}
