/**
 * The processes below one process, with the kind and the resources of each. Read from `/proc`.
 *
 * @module
 */

import { parentOf } from "../stack/processes.ts";

/** One running process. */
export interface RunningProcess {
  readonly pid: number;
  /** Its kind: the part of Farpad that its command line names, or the name of its program. */
  readonly kind: string;
}

/** The resources of a process at one moment. */
export interface Holdings {
  /** Resident memory in bytes. */
  readonly rss: number;
  /** Open file descriptors. */
  readonly descriptors: number;
}

/** The entry point of each kind of process, as its command line shows it. */
const KINDS: readonly (readonly [entry: RegExp, kind: string])[] = [
  [/coordinator\/main\.ts/, "coordinator"],
  [/worker\/room\/main\.ts/, "room"],
  [/egress\/main\.ts/, "egress"],
  [/worker\/main\.ts/, "worker"],
  [/agent\/pipeline\/main\.ts/, "pipeline"],
  [/agent\/main\.ts/, "agent"],
  [/tools\/start\.ts/, "launcher"],
];

/** The unit of times in `/proc` (`USER_HZ`). */
const TICKS_PER_SECOND = 100;

/** Every process that `root` started, directly or through others, without `root` itself. */
export function descendants(root: number): RunningProcess[] {
  const children = new Map<number, number[]>();
  for (const pid of allPids()) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...children.get(parent) ?? [], pid]);
  }
  const found: RunningProcess[] = [];
  const open = [...children.get(root) ?? []];
  for (let pid = open.shift(); pid !== undefined; pid = open.shift()) {
    const kind = kindOf(pid);
    if (kind !== undefined) found.push({ pid, kind });
    open.push(...children.get(pid) ?? []);
  }
  return found;
}

/** `undefined` once the process is gone. */
export function holdingsOf(pid: number): Holdings | undefined {
  try {
    const rss = /VmRSS:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
    const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
    return rss === undefined ? undefined : { rss: Number(rss) * 1024, descriptors };
  } catch {
    return undefined;
  }
}

/** Processor time that a process has used, in seconds; 0 once it is gone. */
export function processorSeconds(pid: number): number {
  try {
    // The name of the program may contain spaces; user and system time are the 12th and 13th fields after it.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** True while the process exists and is not a zombie. */
export function isRunning(pid: number): boolean {
  return parentOf(pid) !== undefined;
}

function allPids(): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => pid > 0);
}

function kindOf(pid: number): string | undefined {
  try {
    const line = Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    const program = line.split(" ")[0]?.split("/").at(-1) ?? "";
    return KINDS.find(([entry]) => entry.test(line))?.[1] ?? program;
  } catch {
    return undefined;
  }
}
