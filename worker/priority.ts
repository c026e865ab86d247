/**
 * Gives rooms in play precedence over the rest of the machine where that is permitted. The system divides processors
 * among sessions first where it groups processes by session (`autogroup`, sched(7)), and each room is in one of its own:
 * there the priority of its threads counts only among themselves, so the session gets the same priority.
 *
 * @module
 */
import { getPriority, setPriority } from "node:os";
import { errorText } from "../protocol/error_text.ts";
import type { Log } from "../protocol/log.ts";

/** Lower is more often; 0 is the default. */
const NICE = -10;
/**
 * Sets the priority `$1` of all threads of the process group `$2`, and of its session. The system takes ten of the
 * latter a second from those who are not root.
 */
const SET = `renice -n "$1" -g "$2" >&2 || exit
session="/proc/$2/autogroup"
[ -e "$session" ] || exit 0
echo "$1" >"$session" || { sleep 0.3; echo "$1" >"$session"; }`;

/** Gives precedence to a process that leads its session, and to the other processes of that session. */
export type Prefer = (pid: number) => void;

/** Returns what gives precedence; it does nothing, and the log has the reason, where that is not permitted. */
export function openPriority(log: Log): Prefer {
  let isReported = false;
  const report = (fault: string) => {
    if (!isReported) log.info("rooms in play keep the default priority", { fault });
    isReported = true;
  };
  try {
    const usual = getPriority();
    setPriority(NICE);
    setPriority(usual);
  } catch (error) {
    report(errorText(error));
    return () => {};
  }
  return (pid) => void set(pid).then((fault) => fault && report(fault));
}

/** Resolves with what went wrong. In a program of its own: only that reaches every thread, and Deno opens no such file. */
async function set(pid: number): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command("sh", {
      args: ["-c", SET, "sh", String(NICE), String(pid)],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return errorText(error);
  }
}
