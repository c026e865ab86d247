/**
 * The coordinator's WebSockets: upgrades a request to a leg, keeps the list of open sockets, and closes all of them
 * when the coordinator stops. No other file of the coordinator uses WebSockets.
 *
 * @module
 */
import { every } from "../../protocol/clock.ts";
import { CLOSE } from "../../protocol/close.ts";
import { refuse } from "../../protocol/envelope.ts";
import type { RefusalCode } from "../../protocol/legs/refusals.ts";
import type { RequestFacts } from "../listen/request_facts.ts";
import type { Admission } from "./admission.ts";
import { type LegPorts, type LegServer, type Served, serveLeg, type Wire } from "./serve_leg.ts";

/** How often each connection is checked, in milliseconds. */
const CHECK_PERIOD = 5_000;
/**
 * The idle time of the transport's own pings (RFC 6455 §5.5.2), in seconds. Deno 2.9 sends a ping after half of this
 * time without a message, and closes the socket when no pong comes in the other half. This finds dead clients that
 * only listen; {@linkcode serveLeg} finds all others.
 */
const IDLE_TIMEOUT = 60;
/** Longest time of an upgrade, in milliseconds. */
export const OPEN_LIMIT = 10_000;

/** HTTP status of each refusal of {@linkcode Admission}. */
const STATUS = { host: 403, origin: 403, rate: 429, too_many: 429 } as const;

/** The open sockets of all legs. */
export class Sockets implements Disposable {
  readonly #open = new Map<Served, string>();
  readonly #ports: LegPorts;
  readonly #admission: Admission;
  readonly #checking: Disposable;
  /** Sockets whose closing is not finished. */
  readonly #live = new Set<WebSocket>();
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(ports: LegPorts, admission: Admission) {
    this.#ports = ports;
    this.#admission = admission;
    this.#checking = every(ports.clock, CHECK_PERIOD, () => {
      for (const served of [...this.#open.keys()]) served.check();
    });
    ports.metrics.gauge("farpad_sockets", {
      help: "WebSockets open, by leg",
      read: () =>
        [...Map.groupBy(this.#open.values(), (leg) => leg)].map(([leg, all]) => ({
          value: all.length,
          labels: { leg },
        })),
    });
  }

  /** Upgrades `request` to a leg, or responds with a refusal. */
  accept<In extends { type: string; id: string }, Out>(
    request: Request,
    facts: RequestFacts,
    server: LegServer<In, Out>,
  ): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      const path = new URL(request.url).pathname;
      return this.#refuse(426, "upgrade", `Cannot answer ${path}: it is a WebSocket address`);
    }
    if (this.#drained) {
      return this.#refuse(503, "restart", "Cannot open a connection: the coordinator restarts");
    }
    const entry = this.#admission.enter(request.headers.get("origin"), facts);
    if ("code" in entry) {
      const reason = entry.code;
      this.#ports.metrics.count("farpad_sockets_refused_total", { leg: server.name, reason });
      return this.#refuse(STATUS[reason], reason, entry.message);
    }
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_TIMEOUT });
    this.#attach(socket, { address: facts.address, legServer: server, entry });
    return response;
  }

  /**
   * Sends each client the time after which to reconnect, in milliseconds, and closes all sockets; no new ones open.
   * Resolves when every other end has answered the close. It does not resolve while one does not answer.
   */
  drain(afterMs: number): Promise<void> {
    this.#drained ??= Promise.withResolvers<void>();
    for (const served of [...this.#open.keys()]) served.restart(afterMs);
    if (this.#live.size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  /** The number of open sockets. */
  get size(): number {
    return this.#open.size;
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
  }

  #attach<In extends { type: string; id: string }, Out>(
    socket: WebSocket,
    { address, legServer, entry }: {
      address: string;
      legServer: LegServer<In, Out>;
      entry: Disposable;
    },
  ): void {
    let served: Served | undefined;
    const ended = () => {
      if (served) this.#open.delete(served);
    };
    // Deno 2.9 fires no event for a connection that breaks before its upgrade is answered.
    const limit = this.#ports.clock.after(OPEN_LIMIT, () => {
      socket.onopen = () => socket.close();
      entry[Symbol.dispose]();
    });
    socket.onopen = () => {
      limit[Symbol.dispose]();
      this.#live.add(socket);
      if (this.#drained) return socket.close(CLOSE.restart, "Closed: the coordinator restarts");
      served = serveLeg(legServer, { wire: wireOf(socket), address, ports: this.#ports, ended });
      if (served.open) this.#open.set(served, legServer.name);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") served?.text(data);
      else served?.binary();
    };
    socket.onclose = () => {
      if (!this.#live.has(socket)) return;
      entry[Symbol.dispose]();
      served?.gone();
      this.#live.delete(socket);
      if (this.#live.size === 0) this.#drained?.resolve();
    };
  }

  #refuse(status: number, code: RefusalCode, message: string): Response {
    return Response.json(refuse(code, message), { status });
  }
}

/**
 * A `WebSocket` as a wire. `send` of a socket throws once the other end began to close, so such a message is dropped.
 * When a message arrives after `close`, Deno 2.9 drops the connection, and the other end gets 1006 instead of the code.
 */
function wireOf(socket: WebSocket): Wire {
  return {
    send: (text) => {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    close: (code, reason) => socket.close(code, reason),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
}
