/**
 * The agent's end of tied sockets: UDP sockets that send over one network interface each, held by a process of their own
 * that is started with the first of them. When it ends, its sockets are lost: their links are dialled again, with a new
 * process.
 *
 * @module
 */
import type { ChildProcess } from "node:child_process";
import { LIBC, libraryPaths } from "../../../media/links/system_library.ts";
import { hostInUrl } from "../../../protocol/addresses/hosts.ts";
import type { Clock } from "../../../protocol/clock.ts";
import type { Address, DatagramSocket } from "../../../protocol/datagram/ports.ts";
import type { openUdp, UdpOptions } from "../../../protocol/datagram/udp.ts";
import type { Log } from "../../../protocol/log.ts";
import type { StartChild } from "../../../protocol/process/child.ts";
import type { Program } from "../../program.ts";
import { FromTied, type ToTied } from "./messages.ts";

/** The task of the agent's program that holds tied sockets. */
export const TIED_TASK = "tied";
/** A process that does not begin within this time is given up with its sockets, in milliseconds. */
const BEGIN_LIMIT = 15_000;
/** The same for one that has begun, and does not open a socket. */
const OPEN_LIMIT = 3_000;
/** Datagrams that may wait for the pipe; further ones are dropped. */
export const MOST_WAITING = 64;
/** A process that did not end this long after it was asked is killed, in milliseconds. */
const END_LIMIT = 1_000;

/** What tied sockets need. */
export interface TiedPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly startChild: StartChild;
  readonly program: Program;
  /** The folder of process files. */
  readonly processes: string;
}

/** A socket that is open, or being opened. */
interface Socket {
  readonly received: UdpOptions["received"];
  readonly to: Address;
  opened(port: number): void;
  /** It was not opened, or is lost. */
  failed(reason: string): void;
}

/** A process with its sockets, by number. */
interface Holder {
  readonly child: ChildProcess;
  readonly sockets: Map<number, Socket>;
  readonly ready: Promise<void>;
  /** Datagrams that the pipe has not taken yet. */
  waiting: number;
}

/** Opens tied sockets to the same address. Disposing closes all of them. */
export class TiedSockets implements Disposable {
  readonly #ports: TiedPorts;
  readonly #holders = new Map<string, Holder>();
  #next = 0;
  #isOver = false;

  constructor(ports: TiedPorts) {
    this.#ports = ports;
  }

  /** How a socket is bound that exchanges datagrams with `to` over the interface `name`. */
  openerFor(name: string, to: Address): typeof openUdp {
    return (options) => this.#open(name, to, options);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const { child } of this.#holders.values()) {
      write(child, { type: "end" });
      const limit = this.#ports.clock.after(END_LIMIT, () => child.kill("SIGKILL"));
      child.once("exit", () => limit[Symbol.dispose]());
    }
    this.#holders.clear();
  }

  async #open(
    name: string,
    to: Address,
    { received, lost }: UdpOptions,
  ): Promise<DatagramSocket> {
    if (this.#isOver) {
      throw new Error(`Cannot send over ${name}: the stream of its socket has ended`);
    }
    const key = `${hostInUrl(to.host)}:${to.port}`;
    const holder = this.#holders.get(key) ?? this.#start(key);
    const number = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let isOpen = false;
    const opened = (port: number) => {
      isOpen = true;
      resolve(port);
    };
    const failed = (reason: string) => isOpen ? lost?.() : reject(new Error(reason));
    holder.sockets.set(number, { received, to, opened, failed });
    const within = (limit: number) =>
      this.#ports.clock.after(limit, () => {
        failed(`Cannot send over ${name}: the process of its sockets does not answer`);
        holder.child.kill("SIGKILL");
      });
    let limit = within(BEGIN_LIMIT);
    void holder.ready.then(() => {
      if (!holder.sockets.has(number)) return;
      limit[Symbol.dispose]();
      limit = within(OPEN_LIMIT);
      write(holder.child, { type: "open", socket: number, interface: name, to });
    });
    try {
      const port = await promise;
      return {
        port,
        send(datagram) {
          if (holder.waiting >= MOST_WAITING || !holder.child.connected) return;
          holder.waiting++;
          const message = { type: "send", socket: number, datagram: datagram.toBase64() } as const;
          write(holder.child, message, () => holder.waiting--);
        },
        [Symbol.dispose]() {
          holder.sockets.delete(number);
          write(holder.child, { type: "close", socket: number });
        },
      };
    } catch (error) {
      holder.sockets.delete(number);
      throw error;
    } finally {
      limit[Symbol.dispose]();
    }
  }

  #start(key: string): Holder {
    const { startChild, program, processes, log } = this.#ports;
    const child = startChild({
      entry: program.entry,
      args: [...program.arguments, TIED_TASK],
      flags: tiedPermissions(key, processes),
    });
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const holder: Holder = { child, sockets: new Map(), ready, waiting: 0 };
    this.#holders.set(key, holder);
    child.on("message", (value: unknown) => {
      const message = FromTied.safeParse(value).data;
      if (!message) {
        ended("it sent a message that cannot be read");
        return void child.kill("SIGKILL");
      }
      switch (message.type) {
        case "ready":
          return resolve();
        case "opened":
          return holder.sockets.get(message.socket)?.opened(message.port);
        case "failed":
          return holder.sockets.get(message.socket)?.failed(message.reason);
        case "received": {
          const socket = holder.sockets.get(message.socket);
          return socket?.received(Uint8Array.fromBase64(message.datagram), socket.to);
        }
      }
    });
    const ended = (how: string) => {
      if (this.#holders.get(key) === holder) {
        this.#holders.delete(key);
        log.error("the process of the sockets for control ended", { how });
      }
      for (const { failed } of holder.sockets.values()) {
        failed(`Cannot send over an interface: the process of its sockets ended (${how})`);
      }
    };
    child.on("error", ({ message }) => ended(`it could not be run: ${message}`));
    child.on("exit", (code, signal) => ended(signal ? `signal ${signal}` : `exit code ${code}`));
    return holder;
  }
}

/** Flags of `deno run`: sockets of any local address to one of the worker, and the C library that ties them. */
export function tiedPermissions(worker: string, processes: string): string[] {
  return [
    `--allow-read=${processes}`,
    `--allow-net=${[worker, "0.0.0.0", "[::]"].join(",")}`,
    `--allow-ffi=${libraryPaths(LIBC).join(",")}`,
  ];
}

function write(child: ChildProcess, message: ToTied, done = () => {}): void {
  if (!child.connected) return done();
  // The write happens later. Without the callback, a pipe that is broken by then is an uncaught error.
  child.send(message, undefined, undefined, done);
}
