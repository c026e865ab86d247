/**
 * Keeps one child process running: restarts it when it dies, later each time, and gives up on one that never
 * gets going.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Random } from "../../protocol/random.ts";
import { createReconnector } from "../../protocol/reconnect.ts";

export interface Child {
  readonly name: string;
  /** Arguments to Deno. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Supervised {
  /** Resolves with its exit code when the child will not be started again. */
  readonly gaveUp: Promise<number>;
  /** Ends the child, by force after a while. */
  stop(): Promise<void>;
}

/** A child that ends this soon after its first start has a fault that a restart does not mend, in milliseconds. */
const STILLBORN = 5_000;
/** Time a child gets to end by itself, in milliseconds. */
const GRACE = 5_000;

export function supervise(
  child: Child,
  { clock, random }: { clock: Clock; random: Random },
): Supervised {
  const gaveUp = Promise.withResolvers<number>();
  const reconnector = createReconnector({ clock, random, connect: start });
  let process: Deno.ChildProcess | undefined;
  let stopping = false;
  let starts = 0;
  start();

  function start(): void {
    starts += 1;
    const startedAt = clock.now();
    const { args, env } = child;
    const current = new Deno.Command(Deno.execPath(), { args: [...args], env, stdin: "null" })
      .spawn();
    process = current;
    reconnector.opened();
    current.status.then(({ code, signal }) => {
      process = undefined;
      if (stopping) return;
      if (starts === 1 && clock.now() - startedAt < STILLBORN) return gaveUp.resolve(code || 1);
      const delay = reconnector.lost();
      const how = signal ? `signal ${signal}` : `exit code ${code}`;
      console.error(`The ${child.name} ended (${how}). Starting it again in ${delay} ms.`);
    });
  }

  return {
    gaveUp: gaveUp.promise,
    async stop() {
      stopping = true;
      reconnector[Symbol.dispose]();
      if (!process) return;
      const { status } = process;
      process.kill("SIGTERM");
      using _force = clock.after(GRACE, () => process?.kill("SIGKILL"));
      await status;
    },
  };
}
