/**
 * Farpad itself for tests: the real coordinator and worker as processes of their own, on free loopback ports and
 * with a data folder that is removed at the end.
 *
 * @module
 */
import { createServer } from "node:net";
import { join } from "node:path";
import { coordinatorChild, launchSettings, workerChild } from "../../../tools/start/children.ts";
import type { Child } from "../../../tools/start/supervisor.ts";
import { hashCredential } from "../../../protocol/legs/worker_proof.ts";
import { takeIngestRange } from "./ingest_ports.ts";
import { PATIENCE } from "../waiting/waiting.ts";

/** The key of the worker. */
export const WORKER_CREDENTIAL = "test-credential-0123456789abcdef0123456789abcdef";

/** One running process of the stack. */
export interface Process {
  readonly pid: number;
  /** Its output so far, for a failing test's message. */
  output(): string;
  /** Ends it with a signal and waits until it is gone. */
  end(signal?: Deno.Signal): Promise<void>;
  /** Its exit code, once it is gone. */
  readonly ended: Promise<number>;
}

export interface Stack extends AsyncDisposable {
  readonly url: string;
  readonly dataFolder: string;
  readonly coordinator: Process;
  readonly worker: Process;
  restartCoordinator(): Promise<void>;
  restartWorker(): Promise<void>;
  /** Starts another worker with a data folder of its own. `env` adds settings. */
  addWorker(id: string, env?: Readonly<Record<string, string>>): Promise<Process>;
  /** The process that runs a room. */
  roomProcess(room: string): number;
  /** Sends a signal to the one process that runs a room. */
  signalRoom(room: string, signal: Deno.Signal): void;
}

/** Starts a coordinator and a worker and waits until the worker is there. `env` goes to both. */
export async function startStack(env: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const dataFolder = await Deno.makeTempDir({ prefix: "farpad-" });
  const loopback = env.FARPAD_HOST;
  const ingestRange = await takeIngestRange(loopback);
  const given = {
    ...Deno.env.toObject(),
    FARPAD_PORT: String(await freePort(loopback)),
    FARPAD_DATA: dataFolder,
    FARPAD_ROMS: join(dataFolder, "roms"),
    FARPAD_LOG_LEVEL: "info",
    FARPAD_INGEST_PORTS: ingestRange.text,
    // Where a test is not about covers, no game is run for one.
    FARPAD_COVERS: "false",
    ...env,
  };
  const settings = launchSettings(given, WORKER_CREDENTIAL);
  const others: Process[] = [];
  const entries: { worker_id: string; sha256: string; created_at: number }[] = [];
  const startCoordinator = async () => {
    const process = runProcess(coordinatorChild(settings));
    await until("the coordinator is up", process, "Farpad is at ");
    return process;
  };
  const startWorker = async () => {
    const process = runProcess(workerChild(settings));
    await until("the coordinator takes the worker", process, "coordinator accepted this worker");
    return process;
  };
  const roomProcess = (room: string): number => {
    const taken = worker.output().split("\n").find((line) =>
      line.includes("room process taken") && line.includes(room)
    );
    if (!taken) throw new Error(`The worker did not report which process runs ${room}`);
    return JSON.parse(taken).pid;
  };
  let coordinator = await startCoordinator();
  let worker = await startWorker();
  return {
    url: settings.url,
    dataFolder,
    get coordinator() {
      return coordinator;
    },
    get worker() {
      return worker;
    },
    async restartCoordinator() {
      await coordinator.end();
      coordinator = await startCoordinator();
    },
    async restartWorker() {
      await worker.end();
      worker = await startWorker();
    },
    async addWorker(id, more = {}) {
      const credential = `credential of ${id}`.padEnd(40, "-");
      entries.push({ worker_id: id, sha256: hashCredential(credential), created_at: Date.now() });
      await Deno.writeTextFile(
        join(dataFolder, "worker_credentials.json"),
        JSON.stringify(entries),
      );
      const launch = launchSettings({
        ...given,
        FARPAD_DATA: join(dataFolder, id),
        FARPAD_WORKER_ID: id,
        ...more,
      }, credential);
      const process = runProcess(workerChild(launch));
      others.push(process);
      await until("the coordinator takes the worker", process, "coordinator accepted this worker");
      return process;
    },
    roomProcess,
    signalRoom: (room, signal) => Deno.kill(roomProcess(room), signal),
    async [Symbol.asyncDispose]() {
      await Promise.all([worker, coordinator, ...others].map((each) => each.end()));
      await ingestRange[Symbol.asyncDispose]();
      await Deno.remove(dataFolder, { recursive: true });
    },
  };
}

/** A TCP port of loopback that was free a moment ago. */
export function freePort(address = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, address, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound ? bound.port : 0));
    });
  });
}

/** Waits until a process prints a text; fails with the text and the whole output. */
async function until(what: string, process: Process, words: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    if (process.output().includes(words)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited ${PATIENCE / 1000} s until ${what}. It printed:\n${process.output()}`);
}

/** Starts a child process and keeps its output. */
export function runProcess({ args, env }: Child): Process {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const reading = [collect(child.stdout, lines), collect(child.stderr, lines)];
  let running = true;
  const ended = child.status.then(({ code }) => {
    running = false;
    return code;
  });
  return {
    pid: child.pid,
    output: () => lines.join(""),
    ended,
    async end(signal = "SIGTERM") {
      if (running) child.kill(signal);
      await ended;
      await Promise.all(reading);
    },
  };
}

/** Keeps the newest 400 chunks of the output of a process. */
async function collect(
  pipe: ReadableStream<Uint8Array<ArrayBuffer>>,
  lines: string[],
): Promise<void> {
  for await (const chunk of pipe.pipeThrough(new TextDecoderStream())) {
    lines.push(chunk);
    if (lines.length > 400) lines.shift();
  }
}
