import type { Dial, WireListener } from "../../web/shared/leg_socket.ts";

/** One connection that was dialled; the test plays the far end. */
export interface FakeWire {
  readonly url: string;
  readonly far: WireListener;
  /** What the near end sent, oldest first. */
  readonly sent: string[];
  closed: boolean;
}

/** Connections that open and close when a test says so. */
export function createFakeDial(): { readonly dial: Dial; readonly wires: FakeWire[] } {
  const wires: FakeWire[] = [];
  return {
    wires,
    dial(url, far) {
      const wire: FakeWire = { url, far, sent: [], closed: false };
      wires.push(wire);
      return {
        send: (text) => void wire.sent.push(text),
        close: () => void (wire.closed = true),
      };
    },
  };
}
