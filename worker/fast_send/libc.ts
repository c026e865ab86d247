/**
 * The calls of the system's C library that send on a socket past the runtime, by FFI (Linux, 64 bits). It needs no
 * permission besides that for FFI.
 *
 * @module
 */
import { IPV4 } from "../../media/socket_address.ts";

/** Error numbers of Linux (errno.h). */
export const ERRNO = {
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  EINVAL: 22,
  EMFILE: 24,
  ENOTSOCK: 88,
  EMSGSIZE: 90,
  ENOBUFS: 105,
} as const;

/** The type of UDP sockets (`SOCK_DGRAM`). */
export const DATAGRAM = 2;

/** Calls return what the system call returns, or the error number below zero. */
export interface Libc {
  /**
   * Sends `count` messages (`struct mmsghdr`) without waiting. Returns how many the socket took; the fault of a later
   * one is returned by the next call.
   */
  sendMessages(descriptor: number, messages: Uint8Array<ArrayBuffer>, count: number): number;
  /** Writes the address that a socket is bound to (`struct sockaddr`); returns its length. */
  socketName(descriptor: number, into: Uint8Array<ArrayBuffer>): number;
  /** The type of a socket, such as {@linkcode DATAGRAM}. */
  socketType(descriptor: number): number;
  /** A second descriptor of the same socket. */
  duplicate(descriptor: number): number;
  close(descriptor: number): void;
}

/** The calls with which the machine is tried out. */
export interface TrialLibc extends Libc {
  /** A new UDP socket of IPv4. */
  openSocket(): number;
  /** Binds a socket to an address (`struct sockaddr`). */
  bind(descriptor: number, name: Uint8Array<ArrayBuffer>): number;
  /** Receives a datagram that waits already; returns its length. */
  receive(descriptor: number, into: Uint8Array<ArrayBuffer>): number;
}

const SYMBOLS = {
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  dup: { parameters: ["i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

const NAME = "libc.so.6";
/** Size of a message's entry (`struct mmsghdr`). */
export const MESSAGE_SIZE = 64;
const MSG_DONTWAIT = 0x40;
const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SOCK_CLOEXEC = 0o2000000;

/**
 * Loads the library for the calling thread.
 *
 * @throws {Error} when it cannot be loaded: another system, or a process without the permission for FFI
 */
export function openLibc(): TrialLibc {
  const { symbols } = Deno.dlopen(NAME, SYMBOLS);
  const location = symbols.__errno_location();
  if (location === null) throw new Error("The C library has no place for error numbers");
  const errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(location, 4));
  const checked = (result: number) => result < 0 ? -errno[0]! : result;
  const length = new Uint32Array(new ArrayBuffer(4));
  const value = new Int32Array(new ArrayBuffer(4));
  return {
    sendMessages(descriptor, messages, count) {
      if (count * MESSAGE_SIZE > messages.length) {
        throw new RangeError(`Cannot send ${count} messages: there is memory for fewer`);
      }
      return checked(symbols.sendmmsg(descriptor, messages, count, MSG_DONTWAIT));
    },
    socketName(descriptor, into) {
      length[0] = into.length;
      const result = checked(symbols.getsockname(descriptor, into, length));
      return result < 0 ? result : length[0]!;
    },
    socketType(descriptor) {
      length[0] = value.byteLength;
      const result = checked(symbols.getsockopt(descriptor, SOL_SOCKET, SO_TYPE, value, length));
      return result < 0 ? result : value[0]!;
    },
    duplicate: (descriptor) => checked(symbols.dup(descriptor)),
    close: (descriptor) => void symbols.close(descriptor),
    openSocket: () => checked(symbols.socket(IPV4, DATAGRAM | SOCK_CLOEXEC, 0)),
    bind: (descriptor, name) => checked(symbols.bind(descriptor, name, name.length)),
    receive: (descriptor, into) =>
      checked(Number(symbols.recv(descriptor, into, BigInt(into.length), MSG_DONTWAIT))),
  };
}
