/**
 * Starts egress processes. Transport packets are written to the standard input of a process. The destination is sent
 * through the message pipe, because the process list shows arguments and environment, and so would show the stream key.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { StartChild } from "../../../protocol/process/child.ts";
import { FromEgress, type StartEgress, type ToEgress } from "./ports.ts";

/** Most bytes that wait for a process: five seconds at 6 Mbit/s. */
const MAX_WAITING = 4 * 1024 * 1024;

/** The dependencies of egress processes. */
export interface EgressProcessOptions {
  readonly startChild: StartChild;
  /** Flags of `deno run`. */
  readonly permissions: readonly string[];
  /** Hosts and networks inside a private network that may be dialled. */
  readonly allowedHosts: readonly string[];
}

/** Makes the function that starts `worker/ingest/egress/main.ts`. */
export const egressProcesses =
  ({ startChild, permissions, allowedHosts }: EgressProcessOptions): StartEgress =>
  (destination, listener) => {
    const entry = fileURLToPath(new URL("./main.ts", import.meta.url));
    const child = startChild({ entry, flags: permissions, stdin: "pipe" });
    let detail: string | undefined;
    let over = false;
    child.on("message", (value: unknown) => {
      if (over) return;
      const message = FromEgress.safeParse(value).data;
      switch (message?.type) {
        case "ready":
          return void child.send({ type: "start", destination, allowedHosts } satisfies ToEgress);
        case "connected":
          return listener.connected();
        case "sent":
          return listener.sent(message.bytes);
        case "failed":
          detail = message.detail;
          // It waits for this, so that the reason is not lost with it.
          return void child.kill("SIGKILL");
        default:
          detail = "Its process sent a message that cannot be read";
          child.kill("SIGKILL");
      }
    });
    child.on("error", (error) => end(`It could not be run: ${error.message}`));
    child.on(
      "exit",
      (code, signal) => end(signal ? `Ended by signal ${signal}` : `Ended (${code})`),
    );
    // A pipe fails when the process ends, which its exit reports.
    child.stdin!.on("error", () => {});

    function end(how: string): void {
      if (over) return;
      over = true;
      listener.gone(detail ?? how);
    }

    return {
      write(packets) {
        if (over || child.stdin!.writableLength > MAX_WAITING) return false;
        child.stdin!.write(packets);
        return true;
      },
      [Symbol.dispose]() {
        over = true;
        child.kill("SIGKILL");
      },
    };
  };
