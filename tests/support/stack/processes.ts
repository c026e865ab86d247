/**
 * Processes of this machine, from `/proc`.
 *
 * @module
 */

/** The processes that `pid` started and that still run. */
export function childrenOf(pid: number): number[] {
  return all().filter((each) => parentOf(each) === pid);
}

/** The processes with this argument that still run, whoever started them. */
export function allWith(argument: string): number[] {
  return all().filter((each) => hasArgument(each, argument) && parentOf(each) !== undefined);
}

/** The processes that `pid` started with this argument and that still run, the oldest first. */
export function childrenWith(pid: number, argument: string): number[] {
  return childrenOf(pid).filter((each) => hasArgument(each, argument))
    .sort((a, b) => startOf(a) - startOf(b));
}

/** The process that started `pid`; `undefined` when `pid` is gone or a zombie. */
export function parentOf(pid: number): number | undefined {
  const [state, parent] = statOf(pid) ?? [];
  return parent === undefined || state === "Z" ? undefined : Number(parent);
}

function all(): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => pid > 0);
}

/** When it was started, in ticks since the machine was; 0 once it is gone. */
function startOf(pid: number): number {
  return Number(statOf(pid)?.[19] ?? 0);
}

/** The fields after the name, from the state on (`man 5 proc_pid_stat`); `undefined` once it is gone. */
function statOf(pid: number): string[] | undefined {
  try {
    // The name is in brackets and may contain any character.
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function hasArgument(pid: number, argument: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").includes(argument);
  } catch {
    return false;
  }
}
