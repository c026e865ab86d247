/**
 * The names of saves in a store: `TIME.save` is a save without a name, `TIME.named.save` one with a name,
 * `rooms/ROOM.save` the state of a room and `rooms/ROOM~2.save` that of its second move to another worker. Earlier
 * releases wrote `TIME.state.gz` and `rooms/ROOM.state.gz`. `memory/CRC.srm/TIME.ROOM` is what a cartridge kept in a
 * room, and `memory/CRC.rtc/TIME.ROOM` its clock; `TIME.ROOM~beside` does not follow the newest one.
 *
 * @module
 */
import type { RoomId } from "../../protocol/ids.ts";
import { SaveId, type SaveKind } from "../../protocol/saves/save.ts";

/** What the key of a save says. */
export interface SaveFileName {
  readonly id: SaveId;
  readonly kind: SaveKind;
  /** Its time, of a save that no room wrote by itself. */
  readonly at?: number;
  readonly room?: string;
  readonly generation?: number;
}

const ROOM_FILE = /\/rooms\/([A-Za-z0-9._-]+?)(?:~(\d{1,9}))?\.(?:save|state\.gz)$/;
const FILE = /\/(\d{1,16})(\.named)?\.(?:save|state\.gz)$/;

/** The latest time in a name, in milliseconds since 1970. A later one would leave none for those that follow. */
const LATEST = 10 ** 14;
const MEMORY = /\/memory\/([0-9a-f]{8}\.(?:srm|rtc))\/(\d{1,15})\.([A-Za-z0-9._~-]{1,100})$/;

/** One stored content of a cartridge's memory. */
export interface MemoryVersion {
  readonly key: string;
  /** CRC-32 of the game, and the kind of memory, such as `1a2b3c4d.srm`. */
  readonly file: string;
  /** Which version is newer, as a time in milliseconds since 1970. */
  readonly at: number;
  /** The room that wrote it. */
  readonly by: string;
}

/** Whether a room wrote this save by itself. */
export function isRoomFile(key: string): boolean {
  return ROOM_FILE.test(key);
}

/** What a key says; `undefined` when it is no save. */
export function fileOf(key: string): SaveFileName | undefined {
  const [, room, generation = "0"] = ROOM_FILE.exec(key) ?? [];
  if (room !== undefined) {
    const number = Number(generation);
    const id = SaveId.parse(`auto.${room}${number > 0 ? `~${number}` : ""}`);
    return { id, kind: "auto", room, generation: number };
  }
  const [, time, named] = FILE.exec(key) ?? [];
  if (time === undefined || Number(time) > LATEST) return undefined;
  return { id: SaveId.parse(time), kind: named ? "named" : "quick", at: Number(time) };
}

/** The keys of saves that people made, the newest first. */
export function saveKeys(keys: readonly string[]): string[] {
  return [...new Set(keys)].flatMap((key) => {
    const at = fileOf(key)?.at;
    return at === undefined ? [] : [{ key, at }];
  }).sort((a, b) => b.at - a.at).map(({ key }) => key);
}

/**
 * The time in the name of a new save: `at`, or later where another save in the folder `prefix` is as late. So no save
 * replaces another one, and the one that was made last is the newest, whatever clocks have said.
 */
export function nextSaveTime(keys: readonly string[], prefix: string, at: number): number {
  return keys.reduce((time, key) => {
    const other = key.startsWith(prefix) ? fileOf(key)?.at : undefined;
    return other === undefined ? time : Math.max(time, other + 1);
  }, at);
}

/** Id and key of a new save in the folder `prefix`. */
export function newKey(
  prefix: string,
  at: number,
  { isNamed }: { readonly isNamed: boolean },
): { readonly id: SaveId; readonly key: string } {
  return { id: SaveId.parse(String(at)), key: `${prefix}${at}${isNamed ? ".named" : ""}.save` };
}

/** The key of a room's state. */
export function roomKey(prefix: string, room: RoomId, generation: number): string {
  return `${prefix}rooms/${room}${generation > 0 ? `~${generation}` : ""}.save`;
}

/** The folder of what the cartridge of an app keeps for an owner. */
export function memoryPrefix(holder: string, app: string): string {
  return `${holder}/${app}/memory/`;
}

/** A version of a cartridge's memory, with its key below `prefix`. */
export function memoryVersion(
  prefix: string,
  version: Omit<MemoryVersion, "key">,
): MemoryVersion {
  return { ...version, key: `${prefix}${version.file}/${version.at}.${version.by}` };
}

/** What the key of a cartridge's memory says; `undefined` when it is none. */
export function memoryOf(key: string): MemoryVersion | undefined {
  const [, file, at, by] = MEMORY.exec(key) ?? [];
  if (file === undefined || by === undefined || Number(at) > LATEST) return undefined;
  return { key, file, at: Number(at), by };
}
