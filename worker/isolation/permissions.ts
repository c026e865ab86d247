/**
 * The Deno permissions of the worker's processes. docs/OPERATIONS.md lists them. Native code (game cores, encoders) is
 * not limited by them.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { WorkerSettings } from "../../protocol/settings/worker.ts";

/** The folder of the program. Threads and packages are read from here. */
export const PROGRAM = resolve(import.meta.dirname!, "../..");
/** Packages with native code. */
const PACKAGES = join(PROGRAM, "node_modules");
/** Folders below which a system keeps libretro cores, and the folder of their descriptions. */
const SYSTEM_CORES = ["/usr/lib", "/usr/local/lib", "/usr/share/libretro"];

/** The settings that name what the processes of a worker may read and write. */
export type WorkerFolders =
  & Pick<WorkerSettings, "data" | "roms" | "cores">
  & Partial<Pick<WorkerSettings, "saves">>;

/** The folder of saved states. */
export function savesFolder({ data, saves }: Pick<WorkerFolders, "data" | "saves">): string {
  return saves === undefined ? join(resolve(data), "saves") : resolve(saves);
}

/**
 * The main process. It starts processes, and a program that may start any program is limited by nothing else; the
 * others keep faults in packages from doing harm. `config`: the configuration file that it reads.
 */
export function workerPermissions(folders: WorkerFolders, config?: string): string[] {
  const { data, roms, cores } = foldersOf(folders);
  const saves = folders.saves === undefined ? [] : [savesFolder(folders)];
  const files = config === undefined ? [] : [resolve(config)];
  return [
    "--allow-net",
    "--allow-run",
    "--allow-env",
    "--allow-sys=cpus,getPriority,hostname,networkInterfaces,setPriority",
    `--allow-read=${[data, roms, ...cores, ...files, ...saves].join(",")}`,
    `--allow-write=${[data, roms, ...saves].join(",")}`,
  ];
}

/**
 * A room: peers, the saved states and battery memory of games, the cores. It starts no process. Each has those of
 * {@linkcode ownPermissions} too.
 */
export function roomPermissions(folders: WorkerFolders): string[] {
  const { data, roms, cores } = foldersOf(folders);
  const sram = join(data, "sram");
  const saves = savesFolder(folders);
  const read = [
    PROGRAM,
    saves,
    sram,
    join(data, "system"),
    join(data, "processes"),
    roms,
    ...cores,
  ];
  return [
    "--allow-net",
    // A package of werift lists all variables. The process is started with few (`childEnvironment`).
    "--allow-env",
    "--allow-sys=networkInterfaces",
    `--allow-read=${read.join(",")}`,
    `--allow-write=${[saves, sram].join(",")}`,
    // Pointers and callbacks, which cores need, take the permission as a whole.
    "--allow-ffi",
  ];
}

/** What one room has besides: the folder of its own recordings. */
export function ownPermissions(recordings: string): string[] {
  return [`--allow-read=${recordings}`, `--allow-write=${recordings}`];
}

/** A process that makes a cover: it reads games and cores, and writes and sends nothing. */
export function coverPermissions(folders: WorkerFolders): string[] {
  const { data, roms, cores } = foldersOf(folders);
  const read = [PROGRAM, join(data, "system"), roms, ...cores];
  return ["--allow-env", `--allow-read=${read.join(",")}`, "--allow-ffi"];
}

/** An egress process. It checks and dials the host of its destination. */
export function egressPermissions({ data }: Pick<WorkerFolders, "data">): string[] {
  return [
    "--allow-net",
    "--allow-env=AV_FROM_SOURCE",
    `--allow-read=${[PACKAGES, join(resolve(data), "processes")].join(",")}`,
    `--allow-ffi=${PACKAGES}`,
  ];
}

function foldersOf({ data, roms, cores }: WorkerFolders) {
  return {
    data: resolve(data),
    roms: resolve(roms),
    cores: [...cores.map((folder) => resolve(folder)), ...SYSTEM_CORES],
  };
}
