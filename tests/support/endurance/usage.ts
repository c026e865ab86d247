/**
 * What each kind of process used: processor time, time in which its threads were ready and waited for a processor, and
 * memory. Read from `/proc` once a second, so that processes that end meanwhile count too.
 *
 * @module
 */
import { descendants } from "./process_tree.ts";

/** How often the processes are looked at, in milliseconds. */
const PERIOD = 1_000;
const NANOSECONDS = 1e9;

/** What all processes of one kind used since the meter began; times in seconds. */
export interface Usage {
  readonly ran: number;
  /** Ready to run, but no processor was free. Summed over threads. */
  readonly waited: number;
}

/** Usage of each kind. */
export type UsageByKind = ReadonlyMap<string, Usage>;

/** A running measurement; disposing ends it. */
export interface UsageMeter extends Disposable {
  /** Totals so far. */
  read(): UsageByKind;
}

/** Measures the descendants of `root`, and `root` itself as `self`. `kindOf` may divide a kind further. */
export function measureUsage(
  root: number,
  refine: (process: { readonly pid: number; readonly kind: string }) => string = ({ kind }) => kind,
): UsageMeter {
  const seen = new Map<string, Usage>();
  const totals = new Map<string, Usage>();
  const look = () => {
    for (const process of [{ pid: root, kind: "self" }, ...descendants(root)]) {
      const kind = process.pid === root ? "self" : refine(process);
      for (const [thread, usage] of threadsOf(process.pid)) {
        const before = seen.get(thread) ?? { ran: 0, waited: 0 };
        seen.set(thread, usage);
        const total = totals.get(kind) ?? { ran: 0, waited: 0 };
        totals.set(kind, {
          ran: total.ran + usage.ran - before.ran,
          waited: total.waited + usage.waited - before.waited,
        });
      }
    }
  };
  look();
  const timer = setInterval(look, PERIOD);
  return {
    read() {
      look();
      return new Map(totals);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** What was used between two readings. */
export function usedBetween(before: UsageByKind, after: UsageByKind): UsageByKind {
  return new Map([...after].map(([kind, { ran, waited }]) => {
    const earlier = before.get(kind) ?? { ran: 0, waited: 0 };
    return [kind, { ran: ran - earlier.ran, waited: waited - earlier.waited }];
  }));
}

/** The memory of each kind of process below `root`, in bytes; a page that several processes share is divided. */
export function memoryByKind(root: number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { pid, kind } of descendants(root)) {
    sums.set(kind, (sums.get(kind) ?? 0) + proportionalMemory(pid));
  }
  return sums;
}

function proportionalMemory(pid: number): number {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** The times of each thread, by process and thread. */
function threadsOf(pid: number): [string, Usage][] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) => {
      const times = readTimes(`/proc/${pid}/task/${name}/schedstat`);
      return times ? [[`${pid}/${name}`, times] as [string, Usage]] : [];
    });
  } catch {
    return [];
  }
}

function readTimes(path: string): Usage | undefined {
  try {
    const [ran = 0, waited = 0] = Deno.readTextFileSync(path).split(" ").map(Number);
    return { ran: ran / NANOSECONDS, waited: waited / NANOSECONDS };
  } catch {
    return undefined;
  }
}
