/**
 * Processes of a field stream for tests: a receiver that passes on the frames a room would send, and a destination that
 * counts packets. SRT blocks its thread, so each is a process and is ended by a kill.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import type { LinkFigures } from "../../../media/links/ports.ts";
import type { IngestStart } from "../../../protocol/field/ingest.ts";
import type { LiveEvent } from "../../../worker/room/ipc.ts";
import { PATIENCE } from "../waiting/waiting.ts";

/** The message from a test to a receiver. */
export interface ToReceiver {
  readonly type: "open";
  readonly stream: IngestStart;
  readonly portRange: [number, number];
  /** In seconds. */
  readonly patience: number;
}

/** Messages from a receiver to a test. */
export type FromReceiver =
  | { readonly type: "ready" }
  /** A frame as the room would send it, base64. */
  | {
    readonly type: "frame";
    readonly data: string;
    readonly timestamp: number;
    readonly keyframe: boolean;
  }
  | { readonly type: "sound"; readonly timestamps: readonly number[] }
  | { readonly type: "live"; readonly event: LiveEvent };

/** The reports of a destination: one for each packet. */
export interface FromSink {
  readonly type: "listening" | "packet";
  readonly kind?: "video" | "audio";
}

/** The reports of a link's receiving end. */
export type FromLinkSink =
  | { readonly type: "bound" }
  | { readonly type: "failed"; readonly error: string }
  /** How many of the numbered packets it has, how many callers have connected so far, and what came when sent again. */
  | {
    readonly type: "count";
    readonly count: number;
    readonly callers: number;
    readonly recovered?: number | undefined;
    /** From sending to receiving, of packets that hold the time, in milliseconds. */
    readonly waits: { readonly p50: number; readonly p95: number };
  };

/** The report of a link's sending end. */
export interface FromLinkSource {
  readonly type: "sent";
  readonly sent: number;
  readonly figures: LinkFigures;
}

/** A process of a test and the messages that it sent. Disposing kills it. */
export interface TestChild<Out> extends Disposable {
  readonly pid: number;
  /** All messages that it sent, in order. */
  readonly received: Out[];
  report(message: unknown): void;
  /** Waits until `find` returns a value for the messages so far, and resolves with that value. */
  until<T>(what: string, find: (received: readonly Out[]) => T | undefined): Promise<T>;
}

/** Starts a module of this folder; disposing kills it. */
export function startChild<Out extends { type: string }>(
  file:
    | "receiver_main.ts"
    | "sink_main.ts"
    | "streams_main.ts"
    | "../links/sink_main.ts"
    | "../links/source_main.ts",
  args: readonly string[] = [],
): TestChild<Out> {
  const child: ChildProcess = fork(new URL(file, import.meta.url).pathname, [...args], {
    execPath: Deno.execPath(),
    execArgv: ["run", "--no-prompt", "-A"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const received: Out[] = [];
  child.on("message", (message: Out) => received.push(message));
  return {
    pid: child.pid!,
    received,
    report: (message) => void child.send(message as object),
    async until(what, find) {
      return await waitFor(what, () => find(received));
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

/** Calls a function until it returns a value; it fails after {@linkcode PATIENCE}. */
export async function waitFor<T>(
  what: string,
  find: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited ${PATIENCE / 1000} s for ${what}`);
}
