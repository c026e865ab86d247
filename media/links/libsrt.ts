/**
 * The calls of the system's libsrt, by FFI: sockets that call and listen, and their figures. A socket is a number; no
 * pointers of the library are kept.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import { libraryPath, LIBSRT } from "./system_library.ts";

const SYMBOLS = {
  srt_startup: { parameters: [], result: "i32" },
  srt_setloglevel: { parameters: ["i32"], result: "void" },
  srt_create_socket: { parameters: [], result: "i32" },
  srt_setsockflag: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
  srt_connect: { parameters: ["i32", "buffer", "i32"], result: "i32", nonblocking: true },
  srt_bind: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  srt_listen: { parameters: ["i32", "i32"], result: "i32" },
  srt_accept: { parameters: ["i32", "pointer", "pointer"], result: "i32", nonblocking: true },
  srt_recvmsg2: { parameters: ["i32", "buffer", "i32", "pointer"], result: "i32" },
  srt_epoll_create: { parameters: [], result: "i32" },
  srt_epoll_add_usock: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  srt_epoll_uwait: {
    parameters: ["i32", "buffer", "i32", "i64"],
    result: "i32",
    nonblocking: true,
  },
  srt_epoll_release: { parameters: ["i32"], result: "i32" },
  srt_getrejectreason: { parameters: ["i32"], result: "i32" },
  srt_getlasterror: { parameters: ["buffer"], result: "i32" },
  srt_sendmsg2: { parameters: ["i32", "buffer", "i32", "pointer"], result: "i32" },
  srt_bistats: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  srt_close: { parameters: ["i32"], result: "i32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** Numbers of options (`SRT_SOCKOPT`). */
export const OPTION = {
  sendWaits: 1,
  receiveWaits: 2,
  passphrase: 26,
  connectTimeout: 36,
  receiveLatency: 43,
  peerLatency: 44,
  streamId: 46,
  ipv6Only: 54,
  bindToDevice: 56,
} as const;

/** Why a socket was rejected (`SRT_REJECT_REASON`). */
export const REJECTED = { badSecret: 10, unsecure: 11 } as const;
/** The buffer of the socket is full (`SRT_EASYNCSND`). */
const WOULD_WAIT = 6001;
/** Nothing was received (`SRT_EASYNCRCV`). */
const NOTHING_YET = 6002;
/** A socket can be read, or is broken (`SRT_EPOLL_IN`, `SRT_EPOLL_ERR`). */
const READABLE_OR_BROKEN = 1 | 8;
/** Bytes of one event (`SRT_EPOLL_EVENT`). */
const EVENT_SIZE = 8;
/** Only messages that the library's end is certain (`LOG_CRIT`). */
const CRITICAL = 2;

/** Fields of `struct CBytePerfMon` of libsrt 1.5, by their offset in bytes, and its size with room for later fields. */
const FIGURES = {
  sent: 8,
  lost: 24,
  sentBytes: 80,
  recovered: 164,
  late: 224,
  rtt: 328,
  capacity: 336,
  waitingMs: 372,
} as const;
const FIGURES_SIZE = 1024;
/** The round trip that libsrt reports until it measured one, in milliseconds; the first acknowledgements hold it too. */
const GUESSED_RTT = 100;

/** The figures of a socket. Counts are totals. */
export interface SocketFigures {
  /** Packets with those that were sent again. */
  readonly sent: number;
  /** Packets that the receiver missed. */
  readonly lost: number;
  readonly sentBytes: number;
  /** Packets that were received because they were sent again. */
  readonly recovered: number;
  /** Packets that were received too late. */
  readonly late: number;
  /** In milliseconds; `undefined` until it is measured. */
  readonly rtt: number | undefined;
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
  /** Binds a socket and listens. False when the address cannot be bound. */
  listen(socket: number, address: Uint8Array<ArrayBuffer>): boolean;
  /** Resolves to the socket of the next caller, or to a number below zero when the socket does not listen any more. */
  accept(socket: number): Promise<number>;
  /** The bytes of the next message; 0: there is none yet, -1: the socket is broken. */
  receive(socket: number, into: Uint8Array<ArrayBuffer>): number;
  /** Resolves when the socket can be read or is broken, or after this many milliseconds. */
  readable(socket: number, limit: number): Promise<void>;
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

/** Says why the library could not be loaded, and how to install it. */
export function libsrtFault(error: unknown): string {
  return `libsrt cannot be loaded: ${
    errorText(error)
  }. Install it with: apt-get install libsrt1.5-gnutls`;
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
      const rtt = view.getFloat64(FIGURES.rtt, true);
      return {
        sent: Number(view.getBigInt64(FIGURES.sent, true)),
        lost: view.getInt32(FIGURES.lost, true),
        sentBytes: Number(view.getBigUint64(FIGURES.sentBytes, true)),
        recovered: view.getInt32(FIGURES.recovered, true),
        late: Number(view.getBigInt64(FIGURES.late, true)),
        rtt: rtt === GUESSED_RTT ? undefined : rtt,
        capacity: view.getFloat64(FIGURES.capacity, true) * 1_000_000,
        waitingMs: view.getInt32(FIGURES.waitingMs, true),
      };
    },
    listen: (socket, address) =>
      symbols.srt_bind(socket, address, address.length) === 0 &&
      symbols.srt_listen(socket, 1) === 0,
    accept: (socket) => symbols.srt_accept(socket, null, null),
    receive(socket, into) {
      const length = symbols.srt_recvmsg2(socket, into, into.length, null);
      if (length > 0) return length;
      return symbols.srt_getlasterror(null) === NOTHING_YET ? 0 : -1;
    },
    async readable(socket, limit) {
      const poll = symbols.srt_epoll_create();
      const events = new Uint8Array(new Int32Array([READABLE_OR_BROKEN]).buffer);
      symbols.srt_epoll_add_usock(poll, socket, events);
      const found = new Uint8Array(new ArrayBuffer(EVENT_SIZE));
      await symbols.srt_epoll_uwait(poll, found, 1, BigInt(limit));
      symbols.srt_epoll_release(poll);
    },
    close: (socket) => void symbols.srt_close(socket),
  };
}
