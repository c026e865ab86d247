/**
 * Reads ZIP files (APPNOTE 6.3.10) as far as games need it: the directory, and one file whole. Everything in one is
 * untrusted: sizes are bounded before memory is taken, no name becomes a path, and what is read must match its checksum.
 *
 * @module
 */
import { crc32, inflateRawSync } from "node:zlib";

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Bytes in the archive, and after they are unpacked. */
  readonly packed: number;
  readonly size: number;
  readonly checksum: number;
  /** Where its own header begins in the archive. */
  readonly at: number;
}

/** The end of a file of which the directory is read, in bytes: the directory and a comment. */
export const ZIP_TAIL = 256 * 1024;
/** Most files of an archive. */
const MOST_ENTRIES = 1_000;
/** Most bytes of a file after it is unpacked. */
const MOST_UNPACKED = 128 * 1024 * 1024;

const END = { signature: 0x06054b50, bytes: 22, comment: 0xffff };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const ENCRYPTED = 1;
/** Stands for a number that only ZIP64 holds. */
const ELSEWHERE = 0xffffffff;

type Fault = { readonly fault: string };

/** Reads the directory from the end of an archive of `length` bytes. */
export function readZipDirectory(
  tail: Uint8Array,
  length: number,
): { readonly entries: readonly ZipEntry[] } | Fault {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const end = findEnd(view);
  if (end === undefined) return { fault: "it is no ZIP file, or a damaged one" };
  const count = view.getUint16(end + 10, true);
  const from = view.getUint32(end + 16, true);
  if (from === ELSEWHERE || count === 0xffff) return { fault: "it is a ZIP64 file" };
  if (count > MOST_ENTRIES) return { fault: `it holds ${count} files, more than ${MOST_ENTRIES}` };
  let at = from - (length - tail.length);
  if (at < 0) return { fault: "its directory is too large, or it is damaged" };
  const entries: ZipEntry[] = [];
  for (let n = 0; n < count; n++) {
    if (at + ENTRY.bytes > end || view.getUint32(at, true) !== ENTRY.signature) {
      return { fault: "its directory is damaged" };
    }
    const nameLength = view.getUint16(at + 28, true);
    const name = tail.subarray(at + ENTRY.bytes, at + ENTRY.bytes + nameLength);
    entries.push({
      name: new TextDecoder().decode(name),
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & ENCRYPTED) !== 0,
      checksum: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at += ENTRY.bytes + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return { entries };
}

/** Why a file of an archive cannot be unpacked; `undefined` when it can. */
export function whyPacked({ isEncrypted, method, size, packed }: ZipEntry): string | undefined {
  if (isEncrypted) return "it is encrypted";
  if (method !== 0 && method !== 8) return `it is packed by method ${method}`;
  if (size === ELSEWHERE || packed === ELSEWHERE) return "it is a ZIP64 file";
  return size > MOST_UNPACKED ? `it has ${size} bytes, more than ${MOST_UNPACKED}` : undefined;
}

/** Unpacks one file of an archive. */
export function unpack(
  archive: Uint8Array,
  name: string,
): { readonly bytes: Uint8Array<ArrayBuffer> } | Fault {
  const tail = archive.subarray(Math.max(0, archive.length - ZIP_TAIL));
  const read = readZipDirectory(tail, archive.length);
  if ("fault" in read) return read;
  const entry = read.entries.find((each) => each.name === name);
  const why = entry ? whyPacked(entry) : "it does not hold the game any more";
  if (!entry || why !== undefined) return { fault: why! };
  const { at, packed, size, method, checksum } = entry;
  const damaged = { fault: "it is damaged" };
  if (at + LOCAL.bytes > archive.length) return damaged;
  const view = new DataView(archive.buffer, archive.byteOffset + at, LOCAL.bytes);
  if (view.getUint32(0, true) !== LOCAL.signature) return damaged;
  const from = at + LOCAL.bytes + view.getUint16(26, true) + view.getUint16(28, true);
  const data = archive.subarray(from, from + packed);
  if (data.length !== packed) return damaged;
  try {
    const bytes = method === 0
      ? new Uint8Array(data)
      // One byte more than it says: what unpacks to more is no longer than that.
      : new Uint8Array(inflateRawSync(data, { maxOutputLength: size + 1 }));
    return bytes.length === size && crc32(bytes) === checksum ? { bytes } : damaged;
  } catch {
    return damaged;
  }
}

function findEnd(view: DataView): number | undefined {
  const last = view.byteLength - END.bytes;
  for (let at = last; at >= Math.max(0, last - END.comment); at--) {
    if (view.getUint32(at, true) === END.signature) return at;
  }
  return undefined;
}
