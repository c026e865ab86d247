/**
 * The bytes of a save: who made it, a small picture and the state, with a checksum over all. A file that is damaged, of
 * another program or of a newer version is refused with a sentence. Big-endian:
 *
 * ```text
 *  0  "FPSV"             4 bytes
 *  4  version            u16
 *  6  length of head     u16
 *  8  length of picture  u32
 * 12  SHA-256 of what follows
 * 44  head (JSON), picture (PNG), state (gzip)
 * ```
 *
 * A file of an earlier release is the gzip alone.
 *
 * @module
 */
import * as z from "zod/mini";
import { AppId } from "../../protocol/ids.ts";
import { CoreVersion, MAX_SAVE_PICTURE, SaveName } from "../../protocol/saves/save.ts";
import { StateOptions } from "./state_options.ts";
import { pack, unpack, unpackedSize } from "./pack.ts";
import { sha256 } from "./sha256.ts";

const MAGIC = 0x4650_5356;
const VERSION = 1;
const HEADER = 44;
const MAX_HEAD = 6_144;
/** A file that is no whole save of this version, so that reading it again gives nothing else. */
export class UnreadableSave extends Error {}

/** Bytes of a file's beginning that hold its head and its picture. */
export const FIRST_BYTES = HEADER + MAX_HEAD + MAX_SAVE_PICTURE;
/** What a save says of itself. */
export const SaveHead = z.object({
  app: AppId,
  name: z.optional(SaveName),
  /** Milliseconds since 1970. */
  saved_at: z.number(),
  core: z.optional(CoreVersion),
  /** Of the state of a room. What is no such thing counts as absent. */
  options: z.catch(z.optional(StateOptions), undefined),
  /** The file of a cartridge's memory, when it is that and no state. */
  memory: z.optional(z.string().check(z.maxLength(16))),
});
export type SaveHead = z.infer<typeof SaveHead>;

/** A save in parts. */
export interface SaveParts {
  /** Absent of a file of an earlier release. */
  readonly head?: SaveHead;
  /** PNG. */
  readonly picture?: Uint8Array;
}

/** A state, as it is or packed already. */
export type SaveState = { readonly state: Uint8Array } | { readonly packed: Uint8Array };

/** Packs a save. */
export async function packSave(
  { head, picture = new Uint8Array(), ...rest }:
    & SaveParts
    & { readonly head: SaveHead }
    & SaveState,
): Promise<Uint8Array<ArrayBuffer>> {
  return await assemble(head, picture, "packed" in rest ? rest.packed : await pack(rest.state));
}

/** The same save with another name. */
export async function renameSave(file: Uint8Array, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { head, picture, packed } = await open(file);
  if (!head) throw new Error("Cannot rename a save of an earlier release: save again");
  return await assemble({ ...head, name }, picture ?? new Uint8Array(), packed);
}

/**
 * The parts of a save without its state, of the first {@linkcode FIRST_BYTES} of its file. They are not checked
 * against the checksum.
 *
 * @throws {Error} with a sentence
 */
export function readHead(first: Uint8Array): SaveParts {
  if (isEarlier(first)) return {};
  return cut(first);
}

/**
 * The state of a save and what it says of itself.
 *
 * @throws {UnreadableSave} with a sentence
 */
export async function readSave(
  file: Uint8Array,
): Promise<SaveParts & { readonly state: Uint8Array }> {
  const { packed, ...parts } = await open(file);
  try {
    return { ...parts, state: await unpack(packed) };
  } catch {
    throw damaged();
  }
}

/**
 * The parts of a save as they are kept, once `check` has taken what it says of itself and its state was found whole.
 *
 * @throws {Error} with a sentence, as {@linkcode readSave}; what `check` throws
 */
export async function openSave(
  file: Uint8Array,
  check: (head: SaveHead | undefined) => void,
): Promise<SaveParts & { readonly packed: Uint8Array }> {
  const parts = await open(file);
  check(parts.head);
  try {
    await unpackedSize(parts.packed);
  } catch {
    throw damaged();
  }
  return parts;
}

async function assemble(
  head: SaveHead,
  picture: Uint8Array,
  packed: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const json = new TextEncoder().encode(JSON.stringify(head));
  if (json.length > MAX_HEAD) throw new Error("Cannot save: the description is too long");
  const shown = picture.length > MAX_SAVE_PICTURE ? new Uint8Array() : picture;
  const file = new Uint8Array(HEADER + json.length + shown.length + packed.length);
  const header = new DataView(file.buffer);
  header.setUint32(0, MAGIC);
  header.setUint16(4, VERSION);
  header.setUint16(6, json.length);
  header.setUint32(8, shown.length);
  file.set(json, HEADER);
  file.set(shown, HEADER + json.length);
  file.set(packed, HEADER + json.length + shown.length);
  file.set(await sha256(file.subarray(HEADER)), 12);
  return file;
}

async function open(file: Uint8Array): Promise<SaveParts & { readonly packed: Uint8Array }> {
  if (isEarlier(file)) return { packed: file };
  const parts = cut(file);
  const sum = await sha256(file.subarray(HEADER));
  if (sum.toHex() !== file.subarray(12, HEADER).toHex()) throw damaged();
  return parts;
}

function cut(file: Uint8Array): SaveParts & { readonly head: SaveHead; packed: Uint8Array } {
  if (file.length < HEADER) throw damaged();
  const header = new DataView(file.buffer, file.byteOffset, HEADER);
  if (header.getUint32(0) !== MAGIC) {
    throw new UnreadableSave("Cannot read the save: the file is no save of Farpad");
  }
  const version = header.getUint16(4);
  if (version > VERSION) {
    throw new UnreadableSave(
      `Cannot read the save: a newer version of Farpad wrote it (format ${version}, known: ${VERSION})`,
    );
  }
  const body = file.subarray(HEADER);
  const [headLength, pictureLength] = [header.getUint16(6), header.getUint32(8)];
  const end = headLength + pictureLength;
  const isShort = headLength > MAX_HEAD || pictureLength > MAX_SAVE_PICTURE || body.length < end;
  const head = isShort ? undefined : headOf(body.subarray(0, headLength));
  if (!head) throw damaged();
  return {
    head,
    ...(pictureLength > 0 && { picture: body.slice(headLength, end) }),
    packed: body.subarray(end),
  };
}

function headOf(json: Uint8Array): SaveHead | undefined {
  try {
    return SaveHead.safeParse(JSON.parse(new TextDecoder().decode(json))).data;
  } catch {
    return undefined;
  }
}

function isEarlier(file: Uint8Array): boolean {
  return file[0] === 0x1f && file[1] === 0x8b;
}

function damaged(): UnreadableSave {
  return new UnreadableSave("Cannot read the save: the file is damaged");
}
