/**
 * The coordinator's WebSockets: upgrades a request to a leg, keeps the list of open sockets, and closes all of them
 * when the coordinator stops. No other file of the coordinator uses WebSockets.
 *
 * @module
 */
import { type WebSocket, WebSocketServer } from "ws";
import { every } from "../../protocol/clock.ts";
import { CLOSE } from "../../protocol/close.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { RefusalCode } from "../../protocol/legs/refusals.ts";
import type { Upgrade } from "../listen/upgrade.ts";
import type { Bindings } from "../routes/app_env.ts";
import type { Admission } from "./admission.ts";
import { type LegPorts, type LegServer, type Served, serveLeg, type Wire } from "./serve_leg.ts";
import { PartialMessages } from "./partial_messages.ts";
import { MESSAGE_LIMIT, Transport } from "./transport.ts";

/** How often each connection is checked, in milliseconds. */
const CHECK_PERIOD = 5_000;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const BYTES_PER_UNIT = 3;
/** Frames of one message. */
const MAX_FRAMES = 64;
/** Pieces in which the bytes of one message arrive; each costs memory of its own. */
const MAX_PIECES = 4_096;
/** Bytes of incomplete messages, over all sockets whose other end has not proved who it is. */
const MAX_PARTIAL = 32 * 1024 * 1024;

/** HTTP status of each refusal of {@linkcode Admission}. */
const STATUS = { host: 403, origin: 403, rate: 429, too_many: 429 } as const;

/** A socket whose closing is not finished. */
interface Live {
  readonly transport: Transport;
  readonly served: Served;
  readonly leg: string;
}

/** The open sockets of all legs. */
export class Sockets implements Disposable {
  readonly #live = new Map<WebSocket, Live>();
  readonly #partial = new PartialMessages<WebSocket>(MAX_PARTIAL);
  readonly #ports: LegPorts;
  readonly #admission: Admission;
  readonly #checking: Disposable;
  /** By the most bytes of a message. */
  readonly #servers = new Map<number, WebSocketServer>();
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(ports: LegPorts, admission: Admission) {
    this.#ports = ports;
    this.#admission = admission;
    this.#checking = every(ports.clock, CHECK_PERIOD, () => this.#check());
    ports.metrics.gauge("farpad_sockets", {
      help: "WebSockets open, by leg",
      read: () =>
        [...Map.groupBy(this.#open(), ({ leg }) => leg)].map(([leg, all]) => ({
          value: all.length,
          labels: { leg },
        })),
    });
  }

  /**
   * Upgrades `request` to a leg, or responds with a refusal. An upgraded connection belongs to the leg, and the
   * response is not sent.
   */
  accept<In extends { type: string; id: string }, Out>(
    request: Request,
    { upgrade, ...facts }: Bindings,
    server: LegServer<In, Out>,
  ): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return this.#refuseRequest(request);
    }
    if (this.#drained) {
      return this.#refuse(503, "restart", "Cannot open a connection: the coordinator restarts");
    }
    const entry = this.#admission.enter(request.headers.get("origin"), facts);
    if ("code" in entry) {
      this.#countRefused(server.name, entry.code);
      return this.#refuse(STATUS[entry.code], entry.code, entry.message);
    }
    if (!upgrade) {
      entry[Symbol.dispose]();
      return this.#refuseRequest(request);
    }
    if (server.forPlayers && !upgrade.rise("player")) {
      entry[Symbol.dispose]();
      this.#countRefused(server.name, "full");
      const message = "Cannot open a connection: this service holds no more players at present";
      return this.#refuse(503, "too_many", message);
    }
    upgrade.take();
    // It may have broken meanwhile.
    if (upgrade.stream.destroyed) entry[Symbol.dispose]();
    else upgrade.stream.once("close", () => entry[Symbol.dispose]());
    const { message, stream, head } = upgrade;
    this.#serverFor(server.incoming.maxLength).handleUpgrade(message, stream, head, (socket) => {
      this.#attach(socket, { address: facts.address, legServer: server, upgrade });
    });
    return new Response();
  }

  /**
   * Sends each client the time after which to reconnect, in milliseconds, and closes all sockets; no new ones open.
   * Resolves when every other end has answered the close or was cut off.
   */
  drain(afterMs: number): Promise<void> {
    this.#drained ??= Promise.withResolvers<void>();
    for (const { served } of this.#open()) served.restart(afterMs);
    if (this.#live.size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  /** The number of open sockets. */
  get size(): number {
    return this.#open().length;
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
  }

  #open(): Live[] {
    return [...this.#live.values()].filter(({ served }) => served.open);
  }

  #check(): void {
    for (const [socket, { transport, served }] of [...this.#live]) {
      served.check();
      const due = transport.due();
      if (due === "ping") socket.ping();
      if (due === "slow message") {
        served.close(CLOSE.silent, `Closed: a message took more than ${MESSAGE_LIMIT / 1000} s`);
      }
      if (due === "lost") socket.terminate();
    }
  }

  #serverFor(maxLength: number): WebSocketServer {
    const known = this.#servers.get(maxLength);
    if (known) return known;
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxLength * BYTES_PER_UNIT,
      maxFragments: MAX_FRAMES,
      maxBufferedChunks: MAX_PIECES,
    });
    this.#servers.set(maxLength, server);
    return server;
  }

  #attach<In extends { type: string; id: string }, Out>(
    socket: WebSocket,
    { address, legServer, upgrade }: {
      address: string;
      legServer: LegServer<In, Out>;
      upgrade: Upgrade;
    },
  ): void {
    const transport = new Transport(this.#ports.clock);
    let isKnown = false;
    const known = () => {
      isKnown = true;
      this.#partial.clear(socket);
      upgrade.rise("known");
    };
    const wire = wireOf(socket, { known, closing: () => transport.closing() });
    const served = serveLeg(legServer, { wire, address, ports: this.#ports });
    this.#live.set(socket, { transport, served, leg: legServer.name });
    // Before the listener of `ws`, so that a message is complete after its bytes were counted.
    upgrade.stream.prependListener("data", ({ length }) => {
      transport.received();
      if (!isKnown) this.#partial.add(socket, length)?.terminate();
    });
    const complete = () => {
      transport.complete();
      this.#partial.clear(socket);
    };
    socket.on("ping", complete);
    socket.on("pong", complete);
    socket.on("message", (data, isBinary) => {
      complete();
      if (isBinary) served.binary();
      else served.text(String(data));
    });
    // What is wrong with a frame is followed by the close.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#partial.clear(socket);
      served.gone();
      this.#live.delete(socket);
      if (this.#live.size === 0) this.#drained?.resolve();
    });
  }

  #countRefused(leg: string, reason: string): void {
    this.#ports.metrics.count("farpad_sockets_refused_total", { leg, reason });
  }

  #refuseRequest({ url }: Request): Response {
    const { pathname } = new URL(url);
    return this.#refuse(426, "upgrade", `Cannot answer ${pathname}: it is a WebSocket address`);
  }

  #refuse(status: number, code: RefusalCode, message: string): Response {
    return Response.json(refuse(code, message), { status });
  }
}

/** Sending throws once the other end began to close; such a message is lost like any sent too late. */
function wireOf(
  socket: WebSocket,
  { known, closing }: { readonly known: () => void; readonly closing: () => void },
): Wire {
  return {
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close(code, reason) {
      closing();
      socket.close(code, reason);
    },
    known,
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
}
