/**
 * Frames as datagrams to a program on this machine.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import type { FramePort } from "./frames.ts";

const LOOPBACK = "127.0.0.1";

/** Sends to a port of loopback; `failed` receives faults, which the system reports later. */
export function openUdp(port: number, failed: (error: Error) => void): FramePort {
  const socket = createSocket("udp4");
  let waiting = 0;
  let state: "open" | "closing" = "open";
  const report = (error: Error) =>
    failed(new Error(`Cannot send pulses to UDP port ${port}: ${error.message}`));
  socket.on("error", report);
  socket.bind({ address: LOOPBACK });

  function sent(error: Error | null): void {
    waiting--;
    if (error) report(error);
    if (state === "closing" && waiting === 0) socket.close();
  }

  return {
    write(frame) {
      waiting++;
      socket.send(frame, port, LOOPBACK, sent);
    },
    [Symbol.dispose]() {
      state = "closing";
      if (waiting === 0) socket.close();
    },
  };
}
