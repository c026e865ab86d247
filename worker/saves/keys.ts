/**
 * The names of saves in a store: `TIME.save` is a save without a name, `TIME.named.save` one with a name,
 * `rooms/ROOM.save` the state of a room and `rooms/ROOM~2.save` that of its second move to another worker. Earlier
 * releases wrote `TIME.state.gz` and `rooms/ROOM.state.gz`.
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
  if (time === undefined) return undefined;
  return { id: SaveId.parse(time), kind: named ? "named" : "quick", at: Number(time) };
}

/** The keys of saves that people made, the newest first. */
export function saveKeys(keys: readonly string[]): string[] {
  return [...new Set(keys)].flatMap((key) => {
    const at = fileOf(key)?.at;
    return at === undefined ? [] : [{ key, at }];
  }).sort((a, b) => b.at - a.at).map(({ key }) => key);
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
