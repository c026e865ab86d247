/**
 * Confines rooms with bubblewrap (`bwrap`) where it is installed: native code in them reads no key and no file of the
 * user, writes nothing but saves and its own recordings, sees no other process and gains no privilege. Rooms share the network, because media
 * is sent and received on sockets that native code opens.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import { PROGRAM, savesFolder, type WorkerFolders } from "./permissions.ts";

/** Folders whose content rooms do not see, besides the worker's data. */
const HIDDEN = ["/home", "/root", "/run", "/tmp"];
/** The system's resolver writes the list of name servers here. */
const RESOLVER = "/run/systemd/resolve";

/** Runs a program to its end. Resolves with what went wrong, or `undefined`. Rejects when it cannot be started. */
export type Try = (command: readonly string[]) => Promise<string | undefined>;

/**
 * The beginning of a command line that confines a room. `runtime`: the path of Deno; `cache`: the folder of its cache.
 * A later mount covers those below its path, so a folder is mounted before the folders in it, which have longer paths.
 * Every child leads a session without a terminal already, in which it stays, so that its priority reaches the room.
 * It does not die with the worker (`--die-with-parent`), whose end rooms notice: bubblewrap that dies while it makes the
 * sandbox leaves a process that waits without end.
 */
export function roomSandbox(
  folders: WorkerFolders,
  { runtime, cache }: { readonly runtime: string; readonly cache: string },
): string[] {
  const { data, roms, cores } = folders;
  const own = (...names: string[]) => names.map((name) => join(resolve(data), name));
  const given = [roms, ...cores].map((path) => resolve(path));
  const mounts = [
    ...mount("--ro-bind", ["/"]),
    ...mount("--tmpfs", [...HIDDEN, resolve(data)]),
    ...mount("--ro-bind-try", [RESOLVER, PROGRAM, dirname(runtime), cache, ...given]),
    ...mount("--ro-bind", own("system", "processes")),
    ...mount("--bind", [savesFolder(folders), ...own("sram")]),
    ["--dev", "/dev"],
    ["--proc", "/proc"],
  ].sort(([, a = ""], [, b = ""]) => a.length - b.length).flat();
  const limits = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL"];
  return ["bwrap", ...mounts, ...limits, "--"];
}

/** The same sandbox with device nodes in it, those of them that exist. `command` is empty where rooms are not confined. */
export function withDevices(command: readonly string[], nodes: readonly string[]): string[] {
  return withArguments(command, mount("--dev-bind-try", nodes).flat());
}

/** The same sandbox with a folder in it that the process may write to; empty where rooms are not confined. */
export function withFolder(command: readonly string[], folder: string): string[] {
  return withArguments(command, mount("--bind", [folder]).flat());
}

/** The same sandbox for a short task, which has no pipe by which it notices the end of the worker. */
export function forTask(command: readonly string[]): string[] {
  return withArguments(command, ["--die-with-parent"]);
}

function withArguments(command: readonly string[], further: readonly string[]): string[] {
  return command.length === 0 ? [] : [...command.slice(0, -1), ...further, "--"];
}

/** The arguments that mount each path at its own place, or an empty folder there. */
function mount(how: string, paths: readonly string[]): string[][] {
  return paths.map((path) => how === "--tmpfs" ? [how, path] : [how, path, path]);
}

/** Tries the sandbox with Deno in it. The result is empty, with the reason in the log, where it does not work. */
export async function openSandbox(
  { folders, runtime, cache, log, attempt = run }: {
    readonly folders: WorkerFolders;
    readonly runtime: string;
    readonly cache: string;
    readonly log: Log;
    readonly attempt?: Try;
  },
): Promise<readonly string[]> {
  const command = roomSandbox(folders, { runtime, cache });
  try {
    await Deno.mkdir(savesFolder(folders), { recursive: true });
    for (const name of ["sram", "system", "processes"]) {
      await Deno.mkdir(join(resolve(folders.data), name), { recursive: true });
    }
    const fault = await attempt([...command, runtime, "--version"]);
    if (fault === undefined) {
      log.info("rooms are confined by bubblewrap");
      return command;
    }
    log.warn("rooms are not confined: bubblewrap does not work here", { fault });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      log.warn("rooms are not confined: bubblewrap (bwrap) is not installed");
    } else {
      log.warn("rooms are not confined", { error: errorText(error) });
    }
  }
  return [];
}

async function run([program = "", ...args]: readonly string[]): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim();
}
