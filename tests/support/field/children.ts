/**
 * Processes of a field stream for tests: a receiver that hands over what a room would send, and a destination that
 * counts. SRT blocks natively, so each is a process that is killed, never asked to end.
 *
 * @module
 */
import { type ChildProcess, fork } from "node:child_process";
import type { EgressDestination, IngestStart } from "../../../protocol/field/ingest.ts";
import type { LiveEvent } from "../../../worker/room/ipc.ts";

/** How long a test waits for something to become true, in milliseconds. */
const PATIENCE = 45_000;

export type ToReceiver =
  | {
    readonly type: "open";
    readonly stream: IngestStart;
    readonly portRange: [number, number];
    /** In seconds. */
    readonly patience: number;
  }
  | { readonly type: "destinations"; readonly destinations: readonly EgressDestination[] };

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

/** A destination: what came in, by kind. */
export interface FromSink {
  readonly type: "listening" | "packet";
  readonly kind?: "video" | "audio";
}

export interface TestChild<Out> extends Disposable {
  readonly pid: number;
  /** Everything it said, in order. */
  readonly said: Out[];
  report(message: unknown): void;
  /** Waits until what it said meets a condition; what it then gives is the answer. */
  until<T>(what: string, find: (said: readonly Out[]) => T | undefined): Promise<T>;
}

/** Starts a module of this folder; disposing kills it. */
export function startChild<Out extends { type: string }>(
  file: "receiver_main.ts" | "sink_main.ts",
  args: readonly string[] = [],
): TestChild<Out> {
  const child: ChildProcess = fork(new URL(file, import.meta.url).pathname, [...args], {
    execPath: Deno.execPath(),
    execArgv: ["run", "--no-prompt", "-A"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const said: Out[] = [];
  child.on("message", (message: Out) => said.push(message));
  return {
    pid: child.pid!,
    said,
    report: (message) => void child.send(message as object),
    async until(what, find) {
      return await waitFor(what, () => find(said));
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

/** Asks again and again until there is an answer. */
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
