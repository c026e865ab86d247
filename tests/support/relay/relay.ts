/**
 * The bad network between one browser and the worker: UDP sockets on loopback around two {@linkcode NetworkPath}s.
 *
 * ```text
 * browser ◀──▶ front socket ──up──▶ back socket ◀──▶ worker
 *                           ◀─down─
 * ```
 *
 * Each address of the worker has a front socket, to which the browser sends instead. Each address that the browser
 * sends from has a back socket of its own, as behind a NAT, so the worker sees one address for each of the browser's.
 * All of them share the two paths.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Clock } from "../../../protocol/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { NetworkPath, type PathCounts } from "./path.ts";
import type { Regime } from "./regimes.ts";

const LOOPBACK = "127.0.0.1";
/** Most back sockets: a browser has a few addresses, for each connection that it makes. */
const MAX_FLOWS = 64;

/** Where a datagram comes from or goes to. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A datagram under way, with what to do when it arrives. */
interface Datagram {
  readonly byteLength: number;
  deliver(): void;
}

/** The two directions of a network with their sockets. Disposing closes the sockets. */
export class Relay implements Disposable {
  readonly #clock: Clock;
  readonly #host: string;
  readonly #down: Direction;
  readonly #up: Direction;
  /** By address of the worker. */
  readonly #fronts = new Map<string, Promise<Socket>>();
  /** By addresses of the worker and the browser. */
  readonly #flows = new Map<string, Promise<Socket>>();
  readonly #sockets = new Set<Socket>();

  /** `host`: the address of loopback for the browser; default 127.0.0.1. */
  constructor({ clock, regime, seed, host = LOOPBACK }: {
    readonly clock: Clock;
    readonly regime: Regime;
    readonly seed: number;
    readonly host?: string;
  }) {
    this.#clock = clock;
    this.#host = host;
    const direction = (script: Regime["down"], own: number) =>
      new Direction(
        clock,
        new NetworkPath({ script, random: new SeededRandom(own), now: clock.now() }),
      );
    this.#down = direction(regime.down, 2 * seed + 1);
    this.#up = direction(regime.up, 2 * seed + 2);
  }

  /** What happened to the packets so far, from the worker to the browser and back. */
  get counts(): { readonly down: PathCounts; readonly up: PathCounts } {
    return { down: { ...this.#down.path.counts }, up: { ...this.#up.path.counts } };
  }

  /** Begins another regime; packets under way stay under way. */
  change({ down, up }: Regime): void {
    const now = this.#clock.now();
    this.#down.path.change(down, now);
    this.#up.path.change(up, now);
    this.#down.run();
    this.#up.run();
  }

  /**
   * The port of loopback to which the browser must send what is meant for this address of the worker: `port`, or any
   * free one.
   */
  async front(worker: Address, port = 0): Promise<number> {
    const key = `${worker.host}:${worker.port}`;
    const front = await getOrInsert(this.#fronts, key, () => this.#openFront(worker, port));
    return front.address().port;
  }

  [Symbol.dispose](): void {
    this.#down[Symbol.dispose]();
    this.#up[Symbol.dispose]();
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
  }

  async #openFront(worker: Address, port: number): Promise<Socket> {
    const front = await this.#open(this.#host, port);
    front.on("message", (bytes, { address: host, port }) => {
      const browser = { host, port };
      const key = `${worker.host}:${worker.port} ${host}:${port}`;
      if (!this.#flows.has(key) && this.#flows.size >= MAX_FLOWS) return;
      const back = getOrInsert(this.#flows, key, () => this.#openBack({ front, browser, worker }));
      this.#up.push({
        byteLength: bytes.length,
        deliver: () => void back.then((socket) => this.#send(socket, bytes, worker)),
      });
    });
    return front;
  }

  async #openBack(
    { front, browser, worker }: { front: Socket; browser: Address; worker: Address },
  ): Promise<Socket> {
    const back = await this.#open(worker.host === LOOPBACK ? LOOPBACK : "0.0.0.0");
    back.on("message", (bytes) => {
      this.#down.push({
        byteLength: bytes.length,
        deliver: () => this.#send(front, bytes, browser),
      });
    });
    return back;
  }

  async #open(host: string, port = 0): Promise<Socket> {
    const socket = createSocket("udp4");
    socket.bind(port, host);
    await once(socket, "listening");
    // A port that nobody listens at any more is a lost packet, as on any network.
    socket.on("error", () => {});
    this.#sockets.add(socket);
    return socket;
  }

  #send(socket: Socket, bytes: Uint8Array, { host, port }: Address): void {
    if (this.#sockets.has(socket)) socket.send(bytes, port, host, () => {});
  }
}

/** One direction: a path, and the timer for its next arrival. */
class Direction implements Disposable {
  readonly path: NetworkPath<Datagram>;
  readonly #clock: Clock;
  #timer: Disposable | undefined;
  #isClosed = false;

  constructor(clock: Clock, path: NetworkPath<Datagram>) {
    this.#clock = clock;
    this.path = path;
  }

  push(datagram: Datagram): void {
    this.path.push(datagram, this.#clock.now());
    this.run();
  }

  /** Delivers what has arrived, and sets the timer for the next arrival. */
  run(): void {
    this.#timer?.[Symbol.dispose]();
    if (this.#isClosed) return;
    const now = this.#clock.now();
    for (const datagram of this.path.take(now)) datagram.deliver();
    const { nextAt } = this.path;
    if (nextAt === undefined) return;
    this.#timer = this.#clock.after(Math.max(0, nextAt - now), () => this.run());
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
  }
}

function getOrInsert<V>(map: Map<string, V>, key: string, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
