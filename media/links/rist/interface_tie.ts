/**
 * Ties a UDP socket of the runtime to a network interface (`SO_BINDTODEVICE` of Linux), by the system's C library. The
 * runtime does not tell a socket's descriptor, so it is found by the port that the socket is bound to.
 *
 * @module
 */
import { errorText } from "../../../protocol/error_text.ts";
import { LIBC, libraryPath } from "../system_library.ts";

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Numbers that are looked at. The system gives the lowest free one. */
const MOST_DESCRIPTORS = 1_024;
const SOL_SOCKET = 1;
const [SO_TYPE, SO_BINDTODEVICE] = [3, 25] as const;
const DATAGRAM = 2;
const NAME_SIZE = 28;

/** Ties this process's UDP socket with this port to an interface; a sentence when the system does not. */
export type TieToInterface = (port: number, name: string) => string | undefined;

/** Loads the C library at its first use, and keeps it: links are dialled again for as long as a stream runs. */
export const tieToInterface: TieToInterface = (port, name) => {
  const { calls, error } = library ??= load();
  if (!calls) return `Cannot send over ${name}: ${error}`;
  const number = Array(MOST_DESCRIPTORS).keys().find((number) => isBoundTo(calls, number, port));
  const text = new TextEncoder().encode(`${name}\0`);
  const isTied = number !== undefined &&
    calls.setsockopt(number, SOL_SOCKET, SO_BINDTODEVICE, text, text.length) === 0;
  if (isTied) return undefined;
  return `Cannot send over ${name}: there is no such interface, or the system does not tie a link to it`;
};

type Calls = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;
type Library = { readonly calls?: Calls; readonly error?: string };

let library: Library | undefined;

function load(): Library {
  try {
    return { calls: Deno.dlopen(libraryPath(LIBC), SYMBOLS).symbols };
  } catch (error) {
    return { error: errorText(error) };
  }
}

function isBoundTo(calls: Calls, number: number, port: number): boolean {
  const address = new Uint8Array(new ArrayBuffer(NAME_SIZE));
  const length = new Uint32Array([NAME_SIZE]);
  if (calls.getsockname(number, address, length) !== 0) return false;
  if (new DataView(address.buffer).getUint16(2) !== port) return false;
  const type = new Int32Array(1);
  const size = new Uint32Array([type.byteLength]);
  return calls.getsockopt(number, SOL_SOCKET, SO_TYPE, type, size) === 0 && type[0] === DATAGRAM;
}
