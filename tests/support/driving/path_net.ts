/**
 * Network paths between a vehicle and its worker in a test's time: UDP sockets that carry datagrams over the paths that
 * they were bound for, with a delay each, unless a direction of the path is cut.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { Address, DatagramSocket } from "../../../protocol/datagram/ports.ts";
import type { UdpOptions } from "../../../protocol/datagram/udp.ts";

/** The address of the worker. */
export const WORKER: Address = { host: "10.0.0.1", port: 15_001 };

/** One path. Its conditions may be changed at any time. */
export interface NetPath {
  /** One way, in milliseconds. */
  delay: number;
  /** Whether nothing passes to the worker, and back. */
  upCut: boolean;
  downCut: boolean;
}

/** The paths, and the sockets at their ends. */
export class PathNet {
  readonly paths: readonly NetPath[];
  readonly #clock: Clock;
  #worker: UdpOptions | undefined;
  /** The vehicle's sockets, by port, and their paths. */
  readonly #sockets = new Map<number, { readonly path: NetPath; readonly options: UdpOptions }>();
  /** Ports of sockets whose process died: they are silent, and are never closed. */
  readonly #silent = new Set<number>();
  #ports = 20_000;

  constructor(clock: Clock, delays: readonly number[]) {
    this.#clock = clock;
    this.paths = delays.map((delay) => ({ delay, upCut: false, downCut: false }));
  }

  /** Binds the worker's socket. */
  readonly openWorker = (options: UdpOptions): Promise<DatagramSocket> => {
    this.#worker = options;
    return Promise.resolve({
      port: options.port,
      send: (datagram, to) => {
        const socket = this.#sockets.get(to.port);
        if (!socket) return;
        this.#carry(socket.path, "downCut", () => {
          if (this.#sockets.has(to.port) && !this.#silent.has(to.port)) {
            socket.options.received(datagram, WORKER);
          }
        });
      },
      [Symbol.dispose]: () => void (this.#worker = undefined),
    });
  };

  /** Binds a socket of the vehicle for a path. */
  openFor(path: NetPath): (options: UdpOptions) => Promise<DatagramSocket> {
    return (options) => {
      const port = this.#ports++;
      this.#sockets.set(port, { path, options });
      const from = { host: "192.0.2.1", port };
      return Promise.resolve({
        port,
        send: (datagram) => {
          if (this.#silent.has(port)) return;
          this.#carry(path, "upCut", () => this.#worker?.received(datagram, from));
        },
        [Symbol.dispose]: () => void this.#sockets.delete(port),
      });
    };
  }

  /** The process that holds the vehicle's sockets dies. Those that are bound later are held by another one. */
  killSockets(): void {
    for (const port of this.#sockets.keys()) this.#silent.add(port);
  }

  #carry(path: NetPath, direction: "upCut" | "downCut", deliver: () => void): void {
    if (path[direction]) return;
    this.#clock.after(path.delay, () => void (path[direction] || deliver()));
  }
}
