/**
 * A room process seen from the worker: started as a spare, made a room, watched until it is gone. A process that
 * dies by itself is told as such, so that its end has a reason.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import { setPriority } from "node:os";
import type { FromRoom, ToRoom } from "./room/ipc.ts";

/** Lower is sooner; needs a privilege, and is only a wish. */
const NICE = -10;

export interface RoomProcessListener {
  ready(): void;
  message(message: Extract<FromRoom, { type: "message" }>["message"]): void;
  /** The process is gone; `how` says by which code or signal. */
  gone(how: string): void;
}

export interface RoomProcess extends Disposable {
  readonly pid: number | undefined;
  send(message: ToRoom): void;
}
export type StartRoomProcess = (listener: RoomProcessListener) => RoomProcess;

/** Starts `worker/room/main.ts` in a process of its own. Disposing kills it. */
export const startRoomProcess: StartRoomProcess = (listener) => {
  const entry = new URL("./room/main.ts", import.meta.url).pathname;
  const child: ChildProcess = fork(entry, [], {
    execPath: Deno.execPath(),
    execArgv: ["run", "--no-prompt", "-A"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let over = false;
  // What reaches a child before it listens is lost.
  let early: ToRoom[] | undefined = [];
  prefer(child.pid);
  child.on("message", (message: FromRoom) => {
    if (over) return;
    if (message.type !== "ready") return listener.message(message.message);
    for (const waiting of early ?? []) child.send(waiting);
    early = undefined;
    listener.ready();
  });
  child.on("error", (error) => end(`could not be run: ${error.message}`));
  child.on(
    "exit",
    (code, signal) => end(signal ? `by signal ${signal}` : `with exit code ${code}`),
  );

  function end(how: string): void {
    if (over) return;
    over = true;
    listener.gone(how);
  }

  return {
    pid: child.pid,
    send(message) {
      if (early) early.push(message);
      else if (!over && child.connected) child.send(message);
    },
    [Symbol.dispose]() {
      over = true;
      child.kill("SIGKILL");
    },
  };
};

function prefer(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICE);
  } catch {
    // Without the privilege the system's default priority has to do.
  }
}
