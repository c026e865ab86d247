/**
 * Processes of this machine, from `/proc`.
 *
 * @module
 */

/** The processes that `pid` started and that still run. */
export function childrenOf(pid: number): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((each) =>
    each > 0 && parentOf(each) === pid
  );
}

/** The process that started `pid`; `undefined` when `pid` is gone or a zombie. */
export function parentOf(pid: number): number | undefined {
  try {
    // The name is in brackets and may contain any character; state and parent follow it.
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const [state, parent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
