/**
 * Starts the child processes of a program. Each one gets a message pipe, which closes when its program ends,
 * and a file by which the next start of the program finds it if it does not end.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Clock } from "../clock.ts";
import { newId } from "../ids.ts";
import { childEnvironment } from "./environment.ts";
import { killGroup } from "./group.ts";
import type { Log } from "../log.ts";
import type { Random } from "../random.ts";
import { PROCESS_FILE } from "./parent.ts";
import { endOrphans, openProcessFiles, type ProcessFiles } from "./process_files.ts";
import { V8_FLAGS } from "./small_memory.ts";

/** A program to start. */
export interface ChildProgram {
  /** Path of its module. */
  readonly entry: string;
  readonly args?: readonly string[];
  /** Flags of `deno run`. Deno itself adds every permission when none of them is one. */
  readonly flags: readonly string[];
  /** The beginning of its command line: a program that starts Deno, and its arguments. */
  readonly wrapper?: readonly string[];
  /** Its standard input; `ignore` unless told. */
  readonly stdin?: "ignore" | "pipe";
  /** How many pipes to the program it gets besides, from file descriptor 4 on. */
  readonly pipes?: number;
}

/** Starts a program as a child. */
export type StartChild = (program: ChildProgram) => ChildProcess;

/**
 * Ends the children that an earlier run of the program left, and opens the process files of this run in `folder`.
 * `undefined` when the disk takes none.
 */
export function openChildFiles(
  { folder, log, end = killGroup, ...ports }: {
    readonly folder: string;
    readonly log: Log;
    /**
     * Ends a process and its group by force; a program that may not run every program cannot send the signal itself.
     */
    readonly end?: (pid: number) => void;
    readonly clock: Clock;
    readonly random: Random;
  },
): ProcessFiles | undefined {
  try {
    const pids = endOrphans(folder, end);
    if (pids.length > 0) log.warn("processes of an earlier run ended", { pids });
    return openProcessFiles(folder, newId(ports));
  } catch (error) {
    log.warn("no process files: children that hang are not ended by the next start", { error });
    return undefined;
  }
}

/** Starts a child that no later start finds. */
export const startChild: StartChild = (program) => start(program, []);

/** Makes the function that starts children with process files. A disk that takes none does not prevent a start. */
export function childStarter(
  { log, files }: { readonly log: Log; readonly files: ProcessFiles | undefined },
): StartChild {
  return (program) => {
    const file = attempt(() => files?.make());
    const child = start(program, file ? [`${PROCESS_FILE}${file.path}`] : []);
    attempt(() => child.pid === undefined ? file?.ended() : file?.started(child.pid));
    child.on("exit", () => attempt(() => file?.ended()));
    return child;
  };

  function attempt<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      log.warn("process file not written: the next start does not find this child", { error });
      return undefined;
    }
  }
}

function start(
  { entry, args = [], flags, wrapper = [], stdin = "ignore", pipes = 0 }: ChildProgram,
  marks: readonly string[],
): ChildProcess {
  const run = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    V8_FLAGS,
    ...flags,
    entry,
    ...args,
    ...marks,
  ];
  const [program = "", ...rest] = [...wrapper, ...run];
  const child = spawn(program, rest, {
    stdio: [stdin, "inherit", "inherit", "ipc", ...Array<"pipe">(pipes).fill("pipe")],
    env: childEnvironment(),
    // In a session of its own: Ctrl-C at the terminal reaches only the parent, which ends its children in order.
    detached: true,
  });
  if (wrapper.length > 0) endWithWrapper(child);
  return child;
}

/** Ends what a wrapper started together with it, whether it is killed by this program or by another one. */
function endWithWrapper(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  let isThere = true;
  child.kill = () => {
    if (isThere) killGroup(pid);
    return isThere;
  };
  child.on("exit", () => {
    isThere = false;
    // A process of the group keeps the id of the group from being given to another one.
    killGroup(pid);
  });
}
