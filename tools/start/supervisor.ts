/**
 * Keeps one child process running: starts it again when it ends, after a delay that grows, and does not start a
 * child again that ended before it was up.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Clock } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { createReconnector } from "../../protocol/connection/reconnect.ts";

/** A process to run. */
export interface Child {
  /** Its name in messages to people. */
  readonly name: string;
  /** Arguments to Deno. */
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A child that is kept running. */
export interface Supervised {
  /** Resolves with its exit code when the child will not be started again. */
  readonly gaveUp: Promise<number>;
  /** Id of the running process; `undefined` while none runs. */
  readonly pid: number | undefined;
  /** Ends the child, by force after {@linkcode STOP_LIMIT}. */
  stop(): Promise<void>;
  /** Ends the child by force. */
  kill(): void;
}

/** The clock, the source of jitter, and the test whether the child was up. */
export interface SuperviseOptions {
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Whether the child was up since its first start, so that a restart can help. By default it was when it ran for
   * {@linkcode UP_AFTER}.
   */
  readonly wasUp?: () => boolean;
}

/** A child that ends sooner after its first start is not started again, in milliseconds. */
export const UP_AFTER = 5_000;
/** Time for a child to end by itself, in milliseconds. */
export const STOP_LIMIT = 5_000;

/** Starts the child that `child` describes. `child` is called again before each start. */
export function supervise(
  child: () => Child,
  { clock, random, wasUp }: SuperviseOptions,
): Supervised {
  const gaveUp = Promise.withResolvers<number>();
  const reconnector = createReconnector({ clock, random, connect: start });
  const firstStart = clock.now();
  let process: ChildProcess | undefined;
  let stopping = false;
  const isUp = wasUp ?? (() => clock.now() - firstStart >= UP_AFTER);
  start();

  function start(): void {
    const { name, args, env } = child();
    // The pipe closes when the launcher ends, and the child then ends too.
    const current = spawn(Deno.execPath(), [...args], {
      env: { ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    process = current;
    reconnector.opened();
    current.on("exit", (code, signal) => {
      process = undefined;
      if (stopping) return;
      if (!isUp()) return gaveUp.resolve(code || 1);
      const delay = reconnector.lost();
      const how = signal ? `signal ${signal}` : `exit code ${code}`;
      console.error(`The ${name} ended (${how}). Starting it again in ${delay} ms.`);
    });
  }

  return {
    gaveUp: gaveUp.promise,
    get pid() {
      return process?.pid;
    },
    async stop() {
      stopping = true;
      reconnector[Symbol.dispose]();
      if (!process) return;
      const ended = once(process, "exit");
      process.kill("SIGTERM");
      using _force = clock.after(STOP_LIMIT, () => process?.kill("SIGKILL"));
      await ended;
    },
    kill: () => void process?.kill("SIGKILL"),
  };
}
