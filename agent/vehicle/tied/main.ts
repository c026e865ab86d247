/**
 * The process that holds the tied sockets of a vehicle's control. To tie a socket takes native code, and the agent, which
 * starts processes, loads none.
 *
 * @module
 */
import { tieToInterface } from "../../../media/links/rist/interface_tie.ts";
import { sleep, systemClock } from "../../../protocol/clock.ts";
import { openUdp } from "../../../protocol/datagram/udp.ts";
import { connectParent } from "../../../protocol/process/parent.ts";
import type { FromTied, ToTied } from "./messages.ts";
import { SocketTable } from "./socket_table.ts";

/** Time for the last datagrams to be sent before the process ends, in milliseconds. */
const FAREWELL = 50;

/** Runs until the agent says so, or ends. */
export function runTied(): void {
  const { send } = connectParent<ToTied, FromTied>({ receive, gone: () => void leave() });
  const table = new SocketTable({ clock: systemClock, open: openUdp, tie: tieToInterface, send });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void leave());
  }
  send({ type: "ready" });

  function receive(message: ToTied): void {
    switch (message.type) {
      case "open":
        return void table.open(message);
      case "send":
        return table.send(message);
      case "close":
        return table.close(message.socket);
      case "end":
        return void leave();
    }
  }

  async function leave(): Promise<void> {
    table[Symbol.dispose]();
    await sleep(systemClock, FAREWELL);
    Deno.exit(0);
  }
}
