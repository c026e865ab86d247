/**
 * A room process seen from the worker: started as a spare, made a room, watched until it is gone. A process that
 * dies or hangs is reported as that, so that its end has a reason.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import { setPriority } from "node:os";
import { type Clock, every } from "../protocol/clock.ts";
import type { FromRoom, LiveEvent, ToRoom } from "./room/ipc.ts";

/** Lower is sooner; needs a privilege, and is only a wish. */
const NICE = -10;
/**
 * Half of V8's space for young objects, in MB an isolate. V8's own 16 fill up before they are cleared: 2 save 20 MB
 * in a room, and a game fills them in a second and a half.
 */
const YOUNG_SPACE = "--v8-flags=--max-semi-space-size=2";
/** Time between two checks of a process, in milliseconds. A process that is ready sends a message each second. */
const CHECK_PERIOD = 1_000;
/**
 * Checks in a row without a message after which a process counts as hung. Checks are counted, not milliseconds: after
 * the machine stood still, one late check is no proof of a hang.
 */
const SILENT_CHECKS = 10;
/** The same before a process is ready: many that start at once on a small machine start slowly. */
const SILENT_START_CHECKS = 60;

/** How a process came to its end. */
export interface ProcessEnd {
  readonly reason: "crashed" | "stalled";
  /** By which code or signal, or how else: follows "its process ended". */
  readonly how: string;
}

export interface RoomProcessListener {
  ready(): void;
  message(message: Extract<FromRoom, { type: "message" }>["message"]): void;
  /** Its field stream reports something. */
  live(event: LiveEvent): void;
  gone(end: ProcessEnd): void;
}

export interface RoomProcess extends Disposable {
  readonly pid: number | undefined;
  send(message: ToRoom): void;
}
export type StartRoomProcess = (listener: RoomProcessListener) => RoomProcess;

/** Starts `worker/room/main.ts` in processes of their own. Disposing one kills it. */
export function roomProcesses(clock: Clock): StartRoomProcess {
  return (listener) => startRoomProcess(clock, listener);
}

function startRoomProcess(clock: Clock, listener: RoomProcessListener): RoomProcess {
  const entry = new URL("./room/main.ts", import.meta.url).pathname;
  const child: ChildProcess = fork(entry, [], {
    execPath: Deno.execPath(),
    execArgv: ["run", "--no-prompt", "-A", YOUNG_SPACE],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let over = false;
  let checks = 0;
  // What reaches a child before it listens is lost.
  let early: ToRoom[] | undefined = [];
  prefer(child.pid);
  const watching = every(clock, CHECK_PERIOD, () => {
    const most = early ? SILENT_START_CHECKS : SILENT_CHECKS;
    if (++checks <= most) return;
    end({ reason: "stalled", how: `after ${most * CHECK_PERIOD / 1000} s of silence` });
    child.kill("SIGKILL");
  });
  child.on("message", (message: FromRoom) => {
    checks = 0;
    if (!over) receive(message);
  });
  child.on("error", (error) => {
    if (child.pid === undefined) {
      end({ reason: "crashed", how: `before it began: ${error.message}` });
    }
    // Else it does not take what it is sent any more. Its exit tells why.
  });
  child.on("exit", (code, signal) => {
    end({ reason: "crashed", how: signal ? `by signal ${signal}` : `with exit code ${code}` });
  });

  function receive(message: FromRoom): void {
    switch (message.type) {
      case "ready":
        for (const waiting of early ?? []) send(waiting);
        early = undefined;
        return listener.ready();
      case "message":
        return listener.message(message.message);
      case "live":
        return listener.live(message.event);
      case "alive":
        return;
    }
  }

  function send(message: ToRoom): void {
    if (!child.connected) return;
    try {
      child.send(message);
    } catch {
      // The process is gone; its exit, which is reported next, says how.
    }
  }

  function end(how: ProcessEnd): void {
    if (over) return;
    over = true;
    watching[Symbol.dispose]();
    listener.gone(how);
  }

  return {
    pid: child.pid,
    send(message) {
      if (over) return;
      if (early) early.push(message);
      else send(message);
    },
    [Symbol.dispose]() {
      over = true;
      watching[Symbol.dispose]();
      child.kill("SIGKILL");
    },
  };
}

function prefer(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICE);
  } catch {
    // Without the privilege the system's default priority has to do.
  }
}
