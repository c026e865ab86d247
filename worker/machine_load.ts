/**
 * Reads the load of the machine, and the memory of the worker with all its processes, from the counters of the kernel.
 *
 * @module
 */
import { cpus } from "node:os";
import process from "node:process";

/** One reading. */
export interface MachineLoad {
  /** CPU time of the whole machine since the last reading, in percent of all cores. */
  readonly cpu_percent: number;
  /** Memory of this process and of all processes below it, its rooms among them, in MB of 10⁶ bytes. */
  readonly memory_mb: number;
}

/** One process of the machine: its parent, and its memory in bytes. */
export interface ProcessMemory {
  readonly pid: number;
  readonly parent: number;
  /** Resident memory, with the pages that it shares with other processes. */
  readonly resident: number;
  /** The part of `resident` that other processes may share, such as the program itself. */
  readonly shared: number;
}

/** Returns a function that reads the load since the reading before. */
export function createMachineLoad(): () => MachineLoad {
  let before = total();
  return () => {
    const now = total();
    const all = now.all - before.all;
    const idle = now.idle - before.idle;
    before = now;
    const table = readProcesses();
    const bytes = table ? memoryBelow(process.pid, table) : Deno.memoryUsage().rss;
    return {
      cpu_percent: all > 0 ? Math.round(1000 * (1 - idle / all)) / 10 : 0,
      memory_mb: Math.round(bytes / 1e6),
    };
  };
}

/** The memory of process `root` and of all processes below it, in bytes. What they share is counted once. */
export function memoryBelow(root: number, table: readonly ProcessMemory[]): number {
  const children = Map.groupBy(table, ({ parent }) => parent);
  const below = (pid: number): number =>
    (children.get(pid) ?? []).reduce(
      (sum, { pid, resident, shared }) => sum + resident - shared + below(pid),
      0,
    );
  return (table.find(({ pid }) => pid === root)?.resident ?? 0) + below(root);
}

/** A line of `/proc/PID/stat` and one of `/proc/PID/statm`; `undefined` when the process has ended meanwhile. */
export function parseProcess(
  pid: number,
  { stat, statm }: { readonly stat: string; readonly statm: string },
): ProcessMemory | undefined {
  // The name in brackets may contain brackets and spaces; the state and the parent follow the last bracket.
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  const [, resident, shared] = statm.split(" ").map((pages) => Number(pages) * PAGE);
  if (!Number.isInteger(parent) || resident === undefined || shared === undefined) return undefined;
  return { pid, parent, resident, shared };
}

/** Bytes of a memory page on the systems that Farpad runs on. */
const PAGE = 4096;

/** All processes of this machine; `undefined` on a system without `/proc`. */
function readProcesses(): ProcessMemory[] | undefined {
  try {
    return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
      const pid = Number(name);
      return Number.isInteger(pid) ? readProcess(pid) ?? [] : [];
    });
  } catch {
    return undefined;
  }
}

function readProcess(pid: number): ProcessMemory | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return parseProcess(pid, { stat, statm: Deno.readTextFileSync(`/proc/${pid}/statm`) });
  } catch {
    return undefined;
  }
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
