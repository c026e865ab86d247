/**
 * Starts egress processes. Transport packets are written to the standard input of a process. The destination is sent
 * through the message pipe, because the process list shows arguments and environment, and so would show the stream key.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import type { FromEgress, StartEgress, ToEgress } from "./ports.ts";

/** Most bytes that wait for a process: five seconds at 6 Mbit/s. */
const MAX_WAITING = 4 * 1024 * 1024;

/** Starts `worker/ingest/egress/main.ts`. */
export const startEgressProcess: StartEgress = (destination, listener) => {
  const child: ChildProcess = fork(new URL("./main.ts", import.meta.url).pathname, [], {
    execPath: Deno.execPath(),
    execArgv: ["run", "--no-prompt", "-A"],
    stdio: ["pipe", "inherit", "inherit", "ipc"],
  });
  let detail: string | undefined;
  let over = false;
  child.on("message", (message: FromEgress) => {
    if (over) return;
    switch (message.type) {
      case "ready":
        return void child.send({ type: "start", destination } satisfies ToEgress);
      case "connected":
        return listener.connected();
      case "sent":
        return listener.sent(message.bytes);
      case "failed":
        detail = message.detail;
    }
  });
  child.on("error", (error) => end(`It could not be run: ${error.message}`));
  child.on("exit", (code, signal) => end(signal ? `Ended by signal ${signal}` : `Ended (${code})`));
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
