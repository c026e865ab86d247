import type { Libsrt, SocketFigures } from "../../../media/links/libsrt.ts";

/** Figures of a socket that were measured once. */
export const SOCKET_FIGURES: SocketFigures = {
  sent: 100,
  lost: 2,
  sentBytes: 131_600,
  recovered: 3,
  late: 1,
  rtt: 31,
  capacity: 8_000_000,
  waitingMs: 40,
};

/** A libsrt without a network: the test says what sockets receive, and who calls. */
export class FakeLibsrt implements Libsrt {
  readonly options = new Map<number, number | string>();
  readonly sent: { socket: number; message: Uint8Array }[] = [];
  readonly closed: number[] = [];
  /** What the next sends return, before `sent` for all further ones. */
  results: ("sent" | "full" | "broken")[] = [];
  /** What connecting returns. */
  connects = 0;
  /** What binding returns. */
  binds = true;
  measures: SocketFigures | undefined = SOCKET_FIGURES;
  readonly #inboxes = new Map<number, Uint8Array[]>();
  readonly #broken = new Set<number>();
  #waiting: (() => void)[] = [];
  #callers: ((socket: number) => void)[] = [];
  #sockets = 5;

  createSocket(): number {
    return this.#sockets++;
  }

  setOption(_socket: number, option: number, value: number | string): boolean {
    this.options.set(option, value);
    return true;
  }

  connect(): Promise<number> {
    return Promise.resolve(this.connects);
  }

  send(socket: number, message: Uint8Array): "sent" | "full" | "broken" {
    const result = this.results.shift() ?? "sent";
    if (result === "sent") this.sent.push({ socket, message: message.slice() });
    return result;
  }

  figures(socket: number): SocketFigures | undefined {
    return this.#broken.has(socket) ? undefined : this.measures;
  }

  listen(): boolean {
    return this.binds;
  }

  accept(): Promise<number> {
    return new Promise((resolve) => void this.#callers.push(resolve));
  }

  receive(socket: number, into: Uint8Array): number {
    const message = this.#inboxes.get(socket)?.shift();
    if (!message) return this.#broken.has(socket) ? -1 : 0;
    into.set(message);
    return message.length;
  }

  readable(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  close(socket: number): void {
    this.closed.push(socket);
  }

  /** A caller connects to the listening socket; returns its socket, or ends the listening by a number below zero. */
  async call(socket = this.createSocket()): Promise<number> {
    this.#callers.shift()?.(socket);
    await this.settle();
    return socket;
  }

  /** A message arrives at a socket. */
  async arrive(socket: number, message: Uint8Array): Promise<void> {
    this.#inboxes.set(socket, [...this.#inboxes.get(socket) ?? [], message]);
    await this.settle();
  }

  /** A socket loses its other end. */
  async break(socket: number): Promise<void> {
    this.#broken.add(socket);
    await this.settle();
  }

  async settle(): Promise<void> {
    for (const wake of this.#waiting.splice(0)) wake();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}
