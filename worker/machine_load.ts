/**
 * Reads the load of the machine from the counters of the kernel, and adds up the memory of the worker and its rooms.
 *
 * @module
 */
import { cpus } from "node:os";

/** One reading. */
export interface MachineLoad {
  /** CPU time of the whole machine since the last reading, in percent of all cores. */
  readonly cpu_percent: number;
  /** Resident memory of this process and of its room processes, in MB of 10⁶ bytes. */
  readonly memory_mb: number;
}

/**
 * Returns a function that reads the load since the reading before. `rooms`: the newest resident memory of each room
 * process, in bytes by its process id.
 */
export function createMachineLoad(rooms: ReadonlyMap<number, number>): () => MachineLoad {
  let before = total();
  return () => {
    const now = total();
    const all = now.all - before.all;
    const idle = now.idle - before.idle;
    before = now;
    return {
      cpu_percent: all > 0 ? Math.round(1000 * (1 - idle / all)) / 10 : 0,
      memory_mb: memoryMb(Deno.memoryUsage().rss, rooms),
    };
  };
}

/** The memory of the worker, `own` bytes, and of its room processes, in MB of 10⁶ bytes. */
export function memoryMb(own: number, rooms: ReadonlyMap<number, number>): number {
  return Math.round(rooms.values().reduce((sum, bytes) => sum + bytes, own) / 1e6);
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
