/**
 * The children of a launcher: started one after another, and ended together by a signal or when one of them cannot be
 * kept running.
 *
 * @module
 */
import { type Child, supervise, type Supervised, type SuperviseOptions } from "./supervisor.ts";

/** The children of one launcher. */
export interface Processes {
  /** Starts a child. If it cannot be kept running, all children are ended, unless it is `optional`. */
  start(
    child: () => Child,
    options?: { readonly wasUp?: () => boolean; readonly optional?: boolean },
  ): Supervised;
}

/**
 * Listens for SIGINT, SIGTERM and SIGHUP: the first ends every child in order and then this process with code 0,
 * a second one ends them by force.
 */
export function superviseAll(
  ports: Pick<SuperviseOptions, "clock" | "random">,
): Processes {
  const children: Supervised[] = [];
  let stopping = false;

  async function stop(code: number): Promise<void> {
    if (stopping) return;
    stopping = true;
    await Promise.all(children.map((child) => child.stop()));
    Deno.exit(code);
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      if (stopping) { for (const child of children) child.kill(); }
      void stop(0);
    });
  }

  return {
    start(child, { optional = false, ...options } = {}) {
      const supervised = supervise(child, { ...ports, ...options });
      children.push(supervised);
      if (!optional) void supervised.gaveUp.then((code) => stop(code));
      // A signal may have come while the caller waited for something.
      if (stopping) void supervised.stop();
      return supervised;
    },
  };
}
