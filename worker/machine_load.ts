/**
 * Reads the load of the machine from the counters of the kernel.
 *
 * @module
 */
import { cpus } from "node:os";

/** One reading. */
export interface MachineLoad {
  /** CPU time of the whole machine since the last reading, in percent of all cores. */
  readonly cpu_percent: number;
  /** Resident memory of this process, in MB. */
  readonly memory_mb: number;
}

/** Returns a function that reads the load since the reading before. */
export function createMachineLoad(): () => MachineLoad {
  let before = total();
  return () => {
    const now = total();
    const all = now.all - before.all;
    const idle = now.idle - before.idle;
    before = now;
    return {
      cpu_percent: all > 0 ? Math.round(1000 * (1 - idle / all)) / 10 : 0,
      memory_mb: Math.round(Deno.memoryUsage().rss / 2 ** 20),
    };
  };
}

function total(): { all: number; idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    all += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { all, idle };
}
