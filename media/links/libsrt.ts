/**
 * The calls of the system's libsrt, by FFI: sockets that call, and their figures. A socket is a number; no pointers of
 * the library are kept.
 *
 * @module
 */
import { libraryPath, LIBSRT } from "./system_library.ts";

const SYMBOLS = {
  srt_startup: { parameters: [], result: "i32" },
  srt_setloglevel: { parameters: ["i32"], result: "void" },
  srt_create_socket: { parameters: [], result: "i32" },
  srt_setsockflag: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
  srt_connect: { parameters: ["i32", "buffer", "i32"], result: "i32", nonblocking: true },
  srt_getrejectreason: { parameters: ["i32"], result: "i32" },
  srt_getlasterror: { parameters: ["buffer"], result: "i32" },
  srt_sendmsg2: { parameters: ["i32", "buffer", "i32", "pointer"], result: "i32" },
  srt_bistats: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  srt_close: { parameters: ["i32"], result: "i32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** Numbers of options (`SRT_SOCKOPT`). */
export const OPTION = {
  sendWaits: 1,
  latency: 23,
  passphrase: 26,
  connectTimeout: 36,
  streamId: 46,
  bindToDevice: 56,
} as const;

/** Why a socket was rejected (`SRT_REJECT_REASON`). */
export const REJECTED = { badSecret: 10, unsecure: 11 } as const;
/** The buffer of the socket is full (`SRT_EASYNCSND`). */
const WOULD_WAIT = 6001;
/** Only messages that the library's end is certain (`LOG_CRIT`). */
const CRITICAL = 2;

/** Fields of `struct CBytePerfMon` of libsrt 1.5, by their offset in bytes, and its size with room for later fields. */
const FIGURES = {
  sent: 8,
  lost: 24,
  dropped: 64,
  sentBytes: 80,
  rtt: 328,
  capacity: 336,
  waitingMs: 372,
} as const;
const FIGURES_SIZE = 1024;

/** The figures of a socket. Counts are totals. */
export interface SocketFigures {
  /** Packets with those that were sent again. */
  readonly sent: number;
  /** Packets that the receiver missed. */
  readonly lost: number;
  /** Packets that were too late to be sent. */
  readonly dropped: number;
  readonly sentBytes: number;
  /** In milliseconds. */
  readonly rtt: number;
  /** Bits a second, by the distance in which pairs of packets arrive. */
  readonly capacity: number;
  /** From the oldest packet that is not acknowledged to the newest, in milliseconds. */
  readonly waitingMs: number;
}

/** The library's calls. */
export interface Libsrt {
  createSocket(): number;
  /** False when the library refuses the option. */
  setOption(socket: number, option: number, value: number | string): boolean;
  /** Resolves to 0 when the socket is connected, or to {@linkcode REJECTED} or another number below or above zero. */
  connect(socket: number, address: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Gives one message to the socket. */
  send(socket: number, message: Uint8Array<ArrayBuffer>): "sent" | "full" | "broken";
  /** `undefined` when the socket is broken. */
  figures(socket: number): SocketFigures | undefined;
  close(socket: number): void;
}

let loaded: Libsrt | undefined;

/**
 * Loads the library once in a process.
 *
 * @throws {Error} when it cannot be loaded: it is not installed, or the process lacks the permission
 */
export function openLibsrt(path: string = libraryPath(LIBSRT)): Libsrt {
  return loaded ??= load(path);
}

function load(path: string): Libsrt {
  const { symbols } = Deno.dlopen(path, SYMBOLS);
  symbols.srt_startup();
  symbols.srt_setloglevel(CRITICAL);
  const raw = new Uint8Array(new ArrayBuffer(FIGURES_SIZE));
  const view = new DataView(raw.buffer);
  return {
    createSocket: () => symbols.srt_create_socket(),
    setOption(socket, option, value) {
      const bytes = typeof value === "string"
        ? new TextEncoder().encode(value)
        : new Uint8Array(new Int32Array([value]).buffer);
      return symbols.srt_setsockflag(socket, option, bytes, bytes.length) === 0;
    },
    async connect(socket, address) {
      const result = await symbols.srt_connect(socket, address, address.length);
      return result === 0 ? 0 : symbols.srt_getrejectreason(socket) || -1;
    },
    send(socket, message) {
      if (symbols.srt_sendmsg2(socket, message, message.length, null) >= 0) return "sent";
      return symbols.srt_getlasterror(null) === WOULD_WAIT ? "full" : "broken";
    },
    figures(socket) {
      if (symbols.srt_bistats(socket, raw, 0, 1) !== 0) return undefined;
      return {
        sent: Number(view.getBigInt64(FIGURES.sent, true)),
        lost: view.getInt32(FIGURES.lost, true),
        dropped: view.getInt32(FIGURES.dropped, true),
        sentBytes: Number(view.getBigUint64(FIGURES.sentBytes, true)),
        rtt: view.getFloat64(FIGURES.rtt, true),
        capacity: view.getFloat64(FIGURES.capacity, true) * 1_000_000,
        waitingMs: view.getInt32(FIGURES.waitingMs, true),
      };
    },
    close: (socket) => void symbols.srt_close(socket),
  };
}
