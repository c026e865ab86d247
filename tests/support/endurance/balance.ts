/**
 * The resources that an installation holds at one moment, and the leaks between two moments: processes,
 * descriptors, ports, places, sessions, rooms, temporary files.
 *
 * @module
 */
import { api } from "../../../protocol/rest/api.ts";
import { call } from "../../../protocol/rest/contract.ts";
import { type Installation, value } from "./installation.ts";
import { descendants, holdingsOf, isRunning } from "./process_tree.ts";

/** Descriptors that a process may have more than its predecessor: a file read or a request under way. */
const SLACK = 10;
/** File names of unfinished writes. */
const UNFINISHED = /\.(part|tmp|new)$|\.tmp-/;

export interface Balance {
  /** Running processes by kind. */
  readonly processes: Readonly<Record<string, number>>;
  /** Open descriptors of the process of each kind that has most. */
  readonly descriptors: Readonly<Record<string, number>>;
  readonly sessions: number;
  /**
   * Sessions of players who are away, among them. Each keeps its room and its place for an hour or until another
   * player needs the place, whichever is first; that is no leak.
   */
  readonly kept: number;
  readonly rooms: number;
  /** Rooms without a session that wait, for at most five minutes, for their players; that is no leak either. */
  readonly keptRooms: number;
  readonly placesFree: number;
  /** Pairs of UDP ports for streams that are free at all workers. */
  readonly portPairsFree: number;
  /** Files whose write was not finished, and everything in the folder for temporary files. */
  readonly temporaryFiles: number;
}

export async function takeBalance(farpad: Installation): Promise<Balance> {
  const processes: Record<string, number> = {};
  const descriptors: Record<string, number> = {};
  for (const { pid, kind } of descendants(farpad.pid)) {
    processes[kind] = (processes[kind] ?? 0) + 1;
    descriptors[kind] = Math.max(descriptors[kind] ?? 0, holdingsOf(pid)?.descriptors ?? 0);
  }
  const metrics = await (await fetch(`${farpad.url}/metrics`)).text();
  const sum = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, "gm"))]
      .reduce((total, [, count]) => total + Number(count), 0);
  const options = { base: farpad.url, token: await farpad.token() };
  const { items } = value(await call(api.fleet.ingest, {}, options));
  return {
    processes,
    descriptors,
    sessions: sum("farpad_sessions"),
    kept: Number(/^farpad_sessions\{state="interrupted"\} (\d+)$/m.exec(metrics)?.[1] ?? 0),
    rooms: sum("farpad_rooms"),
    keptRooms: sum("farpad_rooms_kept"),
    placesFree: sum("farpad_places_free"),
    portPairsFree: items.reduce((total, { pairs_free }) => total + pairs_free, 0),
    temporaryFiles: countFiles(farpad.dataFolder),
  };
}

/**
 * What `after` holds more than `before`, each as a sentence. `seen` are the processes that ever ran: one that still
 * runs and no longer descends from the launcher was left behind.
 */
export function leaksBetween(
  before: Balance,
  after: Balance,
  { seen, root }: { readonly seen: ReadonlySet<number>; readonly root: number },
): readonly string[] {
  const more = (what: string, was: number, is: number, allowed = 0) =>
    is > was + allowed ? [`${what}: ${is} where ${was} were at first`] : [];
  const kinds = (what: string, was: Balance["processes"], is: Balance["processes"], slack = 0) =>
    Object.entries(is).flatMap(([kind, count]) =>
      more(`${what} of ${kind}`, was[kind] ?? 0, count, slack)
    );
  const { kept, keptRooms } = after;
  const rooms = (after.processes.room ?? 0) - kept - keptRooms;
  const known = new Set(descendants(root).map(({ pid }) => pid));
  return [
    ...kinds("processes", before.processes, { ...after.processes, room: rooms }),
    ...kinds("descriptors", before.descriptors, after.descriptors, SLACK),
    ...more("sessions", before.sessions, after.sessions - kept),
    ...more("rooms", before.rooms, after.rooms - kept - keptRooms),
    ...more("taken places", -before.placesFree, -after.placesFree - kept),
    ...more("taken port pairs", -before.portPairsFree, -after.portPairsFree),
    ...more("temporary files", before.temporaryFiles, after.temporaryFiles),
    ...[...seen].filter((pid) => isRunning(pid) && !known.has(pid))
      .map((pid) => `process ${pid} runs on without its parent`),
  ];
}

function countFiles(folder: string, temporary = false): number {
  let count = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) count += countFiles(`${folder}/${name}`, temporary || name === "tmp");
    else if (temporary || UNFINISHED.test(name)) count += 1;
  }
  return count;
}
