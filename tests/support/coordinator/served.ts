/**
 * The coordinator behind real sockets on loopback, with time in the test's hand, and scripted ends to dial it.
 *
 * @module
 */
import { type ClientOptions, WebSocket } from "ws";
import { createApp } from "../../../coordinator/app.ts";
import { poolLimits } from "../../../coordinator/listen/connection_pool.ts";
import { listen } from "../../../coordinator/server.ts";
import { readPing } from "../../../protocol/connection/ping.ts";
import type { Decoded } from "../../../protocol/leg.ts";
import { type ToUser, toUser } from "../../../protocol/legs/user_leg.ts";
import { type ToWorker, toWorker } from "../../../protocol/legs/worker_leg.ts";
import {
  createFakeCoordinator,
  type FakeOptions,
  type Hello,
  helloOf,
} from "../../fakes/coordinator.ts";
import { PATIENCE } from "../waiting/waiting.ts";

type Closed = { readonly code: number; readonly reason: string };

/** One end of a real socket. It answers pings. */
export class Dialled<In extends { type: string }> {
  readonly socket: WebSocket;
  /** How it ended: a code, or the HTTP status that refused the upgrade. */
  readonly closed: Promise<Closed>;
  readonly opened: Promise<void>;
  readonly #received: In[] = [];
  readonly #waiting = new Set<() => void>();
  #sent = 0;

  constructor(url: string, decode: (text: string) => Decoded<In>, options: ClientOptions = {}) {
    const socket = new WebSocket(url, options);
    this.socket = socket;
    this.opened = new Promise((resolve) => socket.once("open", () => resolve()));
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }));
      socket.once("unexpected-response", (_request, response) => {
        const parts: Uint8Array[] = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => {
          const reason = parts.map((part) => new TextDecoder().decode(part)).join("");
          resolve({ code: response.statusCode ?? 0, reason });
          socket.terminate();
        });
      });
    });
    socket.on("error", () => {});
    socket.on("message", (data) => {
      const ping = readPing(String(data));
      if (ping) return socket.send(JSON.stringify({ ...ping, type: "ping.response" }));
      const decoded = decode(String(data));
      if (decoded.ok) this.#received.push(decoded.message);
      for (const check of [...this.#waiting]) check();
    });
  }

  send(type: string, payload: unknown, id = `m${++this.#sent}`): string {
    this.socket.send(JSON.stringify({ id, type, payload }));
    return id;
  }

  /** The next message of this type that nobody took yet; what came before it is passed over. */
  next<T extends In["type"]>(type: T): Promise<Extract<In, { type: T }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<In, { type: T }>>();
    const check = () => {
      const at = this.#received.findIndex((message) => message.type === type);
      if (at < 0) return;
      const [found] = this.#received.splice(0, at + 1).slice(-1);
      clearTimeout(patience);
      this.#waiting.delete(check);
      resolve(found as Extract<In, { type: T }>);
    };
    const patience = setTimeout(() => {
      this.#waiting.delete(check);
      const received = this.#received.map((message) => message.type);
      reject(new Error(`no ${type} came, but ${JSON.stringify(received)}`));
    }, PATIENCE);
    this.#waiting.add(check);
    check();
    return promise;
  }

  hangUp(): void {
    this.socket.terminate();
  }
}

/** Polls until `holds`; for changes at the other end of a socket that no message reports. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`it never came about that ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function serveCoordinator(
  { port = 0, ...change }: FakeOptions & { readonly port?: number } = {},
) {
  const coordinator = createFakeCoordinator(change);
  const { services, clock } = coordinator;
  const app = createApp(services, { metricsToken: undefined, web: "no/such/folder" });
  const server = listen(app, {
    host: "127.0.0.1",
    port,
    tls: undefined,
    publicUrl: undefined,
    trustedProxies: [],
    connections: poolLimits(1_000),
    requestRate: 1_000,
    ...{ clock, log: services.log, metrics: services.metrics },
  });
  if ("error" in server) throw new Error(server.error);
  const ws = `ws://127.0.0.1:${server.port}`;
  const dialled = new Set<Dialled<never>>();

  function dial<In extends { type: string }>(
    path: string,
    decode: (text: string) => Decoded<In>,
    options: ClientOptions = {},
  ): Dialled<In> {
    const end = new Dialled(ws + path, decode, options);
    dialled.add(end as unknown as Dialled<never>);
    return end;
  }

  return {
    clock,
    services,
    /** Moves time in steps of a second, so that the ends can answer pings meanwhile. */
    async pass(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= 1_000) {
        clock.advance(Math.min(left, 1_000));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    user: (query = "", options: ClientOptions = {}) =>
      dial<ToUser>(`/ws?${query}`, toUser.decode, options),
    stranger: () => dial<ToWorker>("/wso", toWorker.decode),
    /** A worker that sent its hello and was accepted. */
    async worker(id = "w1", hello: Partial<Hello> = {}): Promise<Dialled<ToWorker>> {
      const worker = dial<ToWorker>("/wso", toWorker.decode);
      await worker.opened;
      worker.send("worker.hello", helloOf(id, hello));
      await worker.next("worker.hello.response");
      return worker;
    },
    /** Goes down as the process does. */
    async stop(): Promise<void> {
      await services.sockets.drain(1_000);
      await server.shutdown();
      services[Symbol.dispose]();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const end of dialled) end.hangUp();
      await Promise.all([...dialled].map(({ closed }) => closed));
      await server.shutdown();
      services[Symbol.dispose]();
    },
  };
}
