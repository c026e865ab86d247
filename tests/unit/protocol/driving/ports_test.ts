import { deepEqual, equal } from "node:assert/strict";
import { MAX_BUFFERED } from "../../../../protocol/control/channels.ts";
import { ControlPaths } from "../../../../protocol/driving/links/control_paths.ts";
import { type ControlPort, overDataChannel } from "../../../../protocol/driving/ports.ts";

/** A port over each way, with a switch that leaves it no room. */
const WAYS: Readonly<
  Record<string, () => { port: ControlPort; sent: Uint8Array[]; fill(): void }>
> = {
  "a datagram link": () => {
    const sent: Uint8Array[] = [];
    let isOpen = true;
    const direct = (bytes: Uint8Array) => {
      if (!isOpen) return "closed";
      sent.push(bytes);
      return undefined;
    };
    const port = new ControlPaths();
    port.add({ direct });
    return { port, sent, fill: () => void (isOpen = false) };
  },
  "a data channel": () => {
    const sent: Uint8Array[] = [];
    const channel = { bufferedAmount: 0, send: (bytes: Uint8Array) => void sent.push(bytes) };
    return {
      port: overDataChannel(channel),
      sent,
      fill: () => void (channel.bufferedAmount = MAX_BUFFERED + 1),
    };
  },
};

for (const [name, create] of Object.entries(WAYS)) {
  Deno.test(`[DRV15] ${name} carries whole messages, and says when it has no room`, () => {
    const { port, sent, fill } = create();
    equal(port.send(Uint8Array.of(1, 2)), true);
    fill();
    equal(port.send(Uint8Array.of(3)), false);
    deepEqual(sent, [Uint8Array.of(1, 2)]);
  });
}
