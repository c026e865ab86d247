/**
 * Starts room processes, and checks each until it has ended. The end of a process that crashed or hung is reported with
 * this reason.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Duplex, Readable } from "node:stream";
import { type Clock, every } from "../protocol/clock.ts";
import { errorText } from "../protocol/error_text.ts";
import { type Log, type LogStyle, styleArgs } from "../protocol/log.ts";
import type { StartChild } from "../protocol/process/child.ts";
import { cutPackets, PACKET_PIPE } from "./ingest/egress/packet_pipe.ts";
import { MEDIA_PIPE } from "./media_socket/pipe_messages.ts";
import { type RoomSockets, roomSockets } from "./media_socket/room_sockets.ts";
import type { Prefer } from "./priority.ts";
import { ownPermissions } from "./isolation/permissions.ts";
import { withFolder } from "./isolation/sandbox.ts";
import { recordingsArgs } from "./recording/open_recording.ts";
import type { RecordingReport } from "./recording/ports.ts";
import type { StoreRequest } from "./saves/relay/messages.ts";
import { Allowance } from "./ipc/allowance.ts";
import { readFromRoom } from "./ipc/from_room.ts";
import type { FromRoom, LiveEvent, ToRoom } from "./room/ipc.ts";

/** Time between two checks of a process, in milliseconds. A process that is ready sends a message each second. */
const CHECK_PERIOD = 1_000;
/**
 * After this many checks in a row without a message a process counts as hung. Checks are counted, not milliseconds:
 * after the machine was suspended, one late check proves no hang.
 */
const SILENT_CHECKS = 10;
/** The same before a process is ready: many processes that start at once on a small machine start slowly. */
const SILENT_START_CHECKS = 60;

/** What the coordinator asks for; the answer may go back to it. */
const ASKS: ReadonlySet<ToRoom["type"]> = new Set(["preconnect", "message", "start", "record"]);

/** Messages of a process that cannot be taken, beyond which it is ended. */
const MOST_FAULTS = 16;

/**
 * How long a room is in play before it has precedence, in milliseconds. An app that starts uses more processor time than
 * one that plays, and those who play should not pay for it.
 */
const PREFER_AFTER = 5_000;

/** Why a process ended. */
export interface ProcessEnd {
  readonly reason: "crashed" | "stalled";
  /** The exit code, the signal or another cause, as the end of the sentence "Its process ended …". */
  readonly how: string;
}

/** Why a message is dropped: a sentence. */
export interface Fault {
  readonly fault: string;
}

/** Reports of a room process to its owner. */
export interface RoomProcessListener {
  /** The process receives messages. */
  ready(): void;
  /** The room sent a message to the coordinator. Returns why it is dropped, if it is about what is not the room's. */
  message(message: Extract<FromRoom, { type: "message" }>["message"]): Fault | void;
  /** The room's field stream sent a report. */
  live(event: LiveEvent): void;
  /** It began a recording, or has written all of it. */
  recording?(report: Omit<RecordingReport, "type">): void;
  /** Its room asks about saves that are kept elsewhere. */
  store?(request: StoreRequest): void;
  /** Whole transport packets of its field stream. */
  packets(bytes: Uint8Array): void;
  /** It takes no more messages. It may still run for a moment. */
  gone(end: ProcessEnd): void;
  /** It has ended, with all that it started: from now on it writes nothing. Also after it was disposed of. */
  exited?(): void;
}

/** A room process. Disposing kills it. */
export interface RoomProcess extends Disposable {
  /** `undefined` when the process could not be started. */
  readonly pid: number | undefined;
  /** The media sockets of its room. */
  readonly sockets: RoomSockets;
  /** Sends a message. Messages before `ready` wait; messages to an ended process are dropped. */
  send(message: ToRoom): void;
  /** Its room is in play: some seconds later it has precedence over the rest of the machine. */
  prefer(): void;
}

/** Starts a room process, which makes recordings in a folder of its own. A start that fails is reported as `gone`. */
export type StartRoomProcess = (
  listener: RoomProcessListener,
  recordings?: string,
) => RoomProcess;

/** The clock of the watch over a process, and the function that starts one. */
export interface RoomProcessPorts {
  readonly clock: Clock;
  readonly startChild: StartChild;
  readonly log?: Log;
  /** Flags of `deno run`. */
  readonly permissions: readonly string[];
  /** The command that confines a room; none when absent. */
  readonly sandbox?: readonly string[];
  /** Style of the log of each process; JSON when absent. */
  readonly logStyle?: LogStyle;
  /** Takes the newest resident memory of each running process, in bytes by its id. */
  readonly memory?: Map<number, number>;
  /** Gives precedence; none when absent. */
  readonly prefer?: Prefer;
}

/** Starts `worker/room/main.ts` in processes of their own. Disposing one kills it. */
export function roomProcesses(ports: RoomProcessPorts): StartRoomProcess {
  return (listener, recordings) => startRoomProcess(ports, listener, recordings);
}

function startRoomProcess(
  { clock, log, startChild, permissions, sandbox = [], logStyle, memory, prefer }: RoomProcessPorts,
  listener: RoomProcessListener,
  recordings: string | undefined,
): RoomProcess {
  const entry = fileURLToPath(new URL("./room/main.ts", import.meta.url));
  const child = startChild({
    entry,
    args: [
      ...(logStyle ? styleArgs(logStyle) : []),
      ...(recordings === undefined ? [] : recordingsArgs(recordings)),
    ],
    flags: [...permissions, ...(recordings === undefined ? [] : ownPermissions(recordings))],
    wrapper: recordings === undefined ? sandbox : withFolder(sandbox, recordings),
    pipes: 2,
  });
  let over = false;
  let checks = 0;
  let faults = 0;
  let dropped = 0;
  const allowance = new Allowance(clock);
  let preferring: Disposable | undefined;
  let whenExited = () => {};
  // A child loses messages that arrive before it listens.
  let early: ToRoom[] | undefined = [];
  const watching = every(clock, CHECK_PERIOD, () => {
    const most = early ? SILENT_START_CHECKS : SILENT_CHECKS;
    if (++checks <= most) return;
    end({
      reason: "stalled",
      how: `by the worker's watchdog, after ${most * CHECK_PERIOD / 1000} s without a message`,
    });
    child.kill("SIGKILL");
  });
  child.on("message", (value: unknown) => {
    checks = 0;
    if (over) return;
    if (allowance.came(value) === "end") return floods();
    const read = readFromRoom(value);
    if ("fault" in read) return faulty(read.fault);
    const verdict = allowance.read(read.message, read.length);
    if (verdict === "end") return floods();
    if (verdict === "drop") return drop(read.message);
    try {
      receive(read.message);
    } catch (error) {
      // A room runs native code: what it says wrong ends this room, and no other.
      end({ reason: "crashed", how: `after a message that cannot be read: ${errorText(error)}` });
      child.kill("SIGKILL");
    }
  });
  const cut = cutPackets((packets) => over || listener.packets(packets));
  const packets = child.stdio[PACKET_PIPE] as Readable | null | undefined;
  // The exit reports the end of the process; an error of its pipe would report it twice.
  packets?.on("data", cut).on("error", () => {});
  // What confines a process may end before it; the pipe is open until nothing of it is left.
  void Promise.all([
    new Promise<void>((resolve) => whenExited = resolve),
    packets && new Promise((resolve) => packets.on("close", resolve)),
  ]).then(() => listener.exited?.());
  const pipes: readonly unknown[] = child.stdio;
  const sockets = roomSockets((pipes[MEDIA_PIPE] ?? undefined) as Duplex | undefined);
  child.on("error", (error) => {
    if (child.pid === undefined) {
      whenExited();
      packets?.destroy();
      end({ reason: "crashed", how: `before it began: ${error.message}` });
    }
    // Otherwise a message could not be sent because the process has ended; its exit reports the reason.
  });
  child.on("exit", (code, signal) => {
    if (child.pid !== undefined) memory?.delete(child.pid);
    whenExited();
    end({ reason: "crashed", how: signal ? `by signal ${signal}` : `with exit code ${code}` });
  });

  /** A room that goes on saying what cannot be read, or what is not its own, is broken. */
  function faulty(fault: string): void {
    if (++faults === 1) log?.warn("a message of a room was dropped", { fault, pid: child.pid });
    if (faults < MOST_FAULTS) return;
    end({ reason: "crashed", how: `after messages that cannot be taken: ${fault}` });
    child.kill("SIGKILL");
  }

  /** All rooms of the worker share what one of them would use up. */
  function floods(): void {
    end({ reason: "crashed", how: "by the worker: it sent more than a room may" });
    child.kill("SIGKILL");
  }

  function drop({ type }: FromRoom): void {
    if (++dropped === 1) log?.warn("a room sends too often", { type, pid: child.pid });
  }

  function receive(message: FromRoom): void {
    switch (message.type) {
      case "ready":
        for (const waiting of early ?? []) send(waiting);
        early = undefined;
        return listener.ready();
      case "message": {
        const refused = listener.message(message.message);
        return refused && faulty(refused.fault);
      }
      case "live":
        return listener.live(message.event);
      case "recording":
        return listener.recording?.(message);
      case "store":
        return listener.store?.(message);
      case "alive":
        if (child.pid !== undefined) memory?.set(child.pid, message.memory);
        return;
    }
  }

  function send(message: ToRoom): void {
    if (!child.connected) return;
    try {
      child.send(message);
    } catch {
      // The process has ended; its exit, which is reported next, has the reason.
    }
  }

  function end(how: ProcessEnd): void {
    if (over) return;
    stop();
    listener.gone(how);
  }

  function stop(): void {
    over = true;
    watching[Symbol.dispose]();
    preferring?.[Symbol.dispose]();
  }

  return {
    pid: child.pid,
    sockets,
    send(message) {
      if (over) return;
      if (ASKS.has(message.type)) allowance.asked();
      if (early) early.push(message);
      else send(message);
    },
    prefer() {
      const { pid } = child;
      if (over || pid === undefined || !prefer) return;
      preferring ??= clock.after(PREFER_AFTER, () => prefer(pid));
    },
    [Symbol.dispose]() {
      stop();
      child.kill("SIGKILL");
    },
  };
}
