/**
 * The open connections of the listener: each is in one phase, each phase has its limit, and a connection beyond a
 * limit is ended at once, whether or not its other end agrees.
 *
 * ```text
 * head ──request──▶ body ──read──▶ answer ──sent──▶ head
 *                    └──upgraded──▶ leg
 * ```
 *
 * @module
 */
import type { Duplex } from "node:stream";
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import type { Metrics } from "../metrics.ts";
import { ConnectionPool, type PoolLimits } from "./connection_pool.ts";
import type { ConnectionStream } from "../../protocol/listen/connection_stream.ts";
import type { IsTrusted } from "./forwarded.ts";
import type { RequestBudget } from "./request_budget.ts";

/** What a connection does. */
export type Phase =
  /** It waits for a request's head to be complete. */
  | { readonly phase: "head"; readonly until: Millis }
  /** A request's body is on its way. */
  | { readonly phase: "body"; readonly until: Millis }
  /** The request is answered. */
  | { readonly phase: "answer" }
  /** It carries a leg, which has limits of its own. */
  | { readonly phase: "leg" };

/** How long each phase may take, in milliseconds. */
export const PHASE_LIMITS = {
  /** From accept to a complete head of the first request, the TLS handshake included. */
  firstHead: 10_000,
  /** From an answer to a complete head of the next request. */
  nextHead: 30_000,
  /** From a request's head to the end of its body. */
  body: 20_000,
  /** How long the other end may take no byte of an answer. */
  stuck: 30_000,
} as const;

/** How often connections are looked at, in milliseconds. */
const CHECK_PERIOD = 1_000;
/** When the process may open no more files, this many connections go, so that other files can be opened. */
const SPARE_FILES = 32;
/** For how long fewer connections are taken in after that, in milliseconds. */
const SHRUNK_FOR = 60_000;

/** Which limit a connection is beyond; `stuckFor` in milliseconds. */
export function overdue(
  phase: Phase,
  { now, stuckFor }: { readonly now: Millis; readonly stuckFor: number },
): "head" | "body" | "stuck" | undefined {
  if (phase.phase === "leg") return undefined;
  if (stuckFor > PHASE_LIMITS.stuck) return "stuck";
  return phase.phase !== "answer" && now > phase.until ? phase.phase : undefined;
}

/** One connection as its owner holds it. */
export interface HeldConnection {
  readonly stream: ConnectionStream;
  /** What requests and answers pass through: the stream, or TLS on it. */
  readonly plain: Duplex;
  phase: Phase;
}

/** All connections of a listener. */
export class Connections implements Disposable {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #isTrusted: IsTrusted;
  readonly #budget: RequestBudget;
  readonly #layer: (stream: Duplex) => Duplex;
  readonly #pool: ConnectionPool<HeldConnection>;
  readonly #held = new Map<object, HeldConnection>();
  readonly #checking: Disposable;
  #shrunk: Disposable | undefined;
  #emptied: PromiseWithResolvers<void> | undefined;

  constructor(
    { clock, metrics, isTrusted, budget, limits, layer }: {
      readonly clock: Clock;
      readonly metrics: Metrics;
      readonly isTrusted: IsTrusted;
      readonly budget: RequestBudget;
      readonly limits: PoolLimits;
      /** Puts TLS on a connection, or nothing. */
      readonly layer: (stream: Duplex) => Duplex;
    },
  ) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#isTrusted = isTrusted;
    this.#budget = budget;
    this.#layer = layer;
    this.#pool = new ConnectionPool(limits);
    this.#checking = every(clock, CHECK_PERIOD, () => this.#check());
    metrics.gauge("farpad_connections", {
      help: "TCP connections open, by what their other end has shown to be",
      read: () =>
        (["new", "player", "known"] as const).map((standing) => ({
          value: this.#pool.count(standing),
          labels: { standing },
        })),
    });
  }

  /** Takes in an accepted connection; `undefined` when there is no room, and it is closed. */
  enter(stream: ConnectionStream): HeldConnection | undefined {
    const address = stream.remoteAddress;
    if (!this.#budget.connect(address)) {
      this.#count("rate");
      stream.destroy();
      return undefined;
    }
    const phase = this.#head(PHASE_LIMITS.firstHead);
    const held: HeldConnection = { stream, plain: this.#layer(stream), phase };
    const entered = this.#pool.enter(held, { address, trusted: this.#isTrusted(address) });
    if (!entered.admitted) {
      this.#count("full");
      stream.destroy();
      return undefined;
    }
    if (entered.displaced) this.#end(entered.displaced, "displaced");
    this.#held.set(held.plain, held);
    stream.once("close", () => this.#closed(held));
    return held;
  }

  /** The connection that `node:http` names. */
  of(plain: object): HeldConnection | undefined {
    return this.#held.get(plain);
  }

  /** A request's head has come. A second request before the answer to the first ends the connection. */
  request(held: HeldConnection): boolean {
    if (held.phase.phase !== "head") {
      this.#end(held, "pipelined");
      return false;
    }
    held.phase = { phase: "body", until: this.#now(PHASE_LIMITS.body) };
    this.#pool.busy(held);
    return true;
  }

  /** The whole request has come. */
  read(held: HeldConnection): void {
    if (held.phase.phase === "body") held.phase = { phase: "answer" };
  }

  /** The answer is sent. */
  answered(held: HeldConnection): void {
    if (held.phase.phase === "leg") return;
    held.phase = this.#head(PHASE_LIMITS.nextHead);
    this.#pool.waits(held);
    if (this.#emptied) held.plain.end();
  }

  /** The connection carries a leg from now on. */
  upgraded(held: HeldConnection): void {
    held.phase = { phase: "leg" };
  }

  /** The other end has shown what it is; false when there is no room for another player. */
  rise(held: HeldConnection, standing: "player" | "known"): boolean {
    return this.#pool.rise(held, standing);
  }

  /** The process may open no more files: ends some new connections, and takes in fewer for a minute. */
  outOfFiles(): void {
    for (const held of this.#pool.shrink(SPARE_FILES)) this.#end(held, "files");
    this.#shrunk?.[Symbol.dispose]();
    this.#shrunk = this.#clock.after(SHRUNK_FOR, () => this.#pool.restore());
  }

  /** Ends the connections that carry no request, and resolves when the others are answered. */
  shutdown(): Promise<void> {
    this.#emptied ??= Promise.withResolvers<void>();
    for (const held of [...this.#held.values()]) {
      if (held.phase.phase === "head" || held.phase.phase === "leg") held.stream.destroy();
    }
    if (this.#held.size === 0) this.#emptied.resolve();
    return this.#emptied.promise;
  }

  [Symbol.dispose](): void {
    this.#checking[Symbol.dispose]();
    this.#shrunk?.[Symbol.dispose]();
    for (const { stream } of [...this.#held.values()]) stream.destroy();
  }

  #check(): void {
    const now = this.#clock.now();
    for (const held of [...this.#held.values()]) {
      const limit = overdue(held.phase, { now, stuckFor: held.stream.stuckFor });
      if (limit) this.#end(held, limit);
    }
  }

  #end(held: HeldConnection, reason: string): void {
    this.#count(reason);
    held.stream.destroy();
  }

  #closed(held: HeldConnection): void {
    this.#pool.leave(held);
    this.#held.delete(held.plain);
    if (this.#held.size === 0) this.#emptied?.resolve();
  }

  #count(reason: string): void {
    this.#metrics.count("farpad_connections_ended_total", { reason });
  }

  #head(limit: number): Phase {
    return { phase: "head", until: this.#now(limit) };
  }

  #now(after: number): Millis {
    return this.#clock.now() + after as Millis;
  }
}
