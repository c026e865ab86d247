/**
 * One destination of a stream: starts a process that sends to it with the first packets, and checks its progress. When
 * the process has ended, another is started, after a longer wait each time.
 *
 * ```
 * resting ──packets──▶ connecting ──answered──▶ sending
 *    ▲                     └──── ended, silent for 10 s, too slow ────┘
 *    └── 1, 2, 4 … 30 s ── waiting ◀──────────────┘
 * ```
 *
 * @module
 */
import { publicDestination, readDestination } from "../../../protocol/addresses/destination.ts";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { EgressDestination, EgressStats } from "../../../protocol/field/ingest.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import { createReconnector, type Reconnector } from "../../../protocol/connection/reconnect.ts";
import type { EgressProcess, StartEgress } from "./ports.ts";

/** A process that gets packets and sends nothing for this long is replaced, in milliseconds. */
const STALL = 10_000;

type State =
  | { readonly state: "resting" }
  | { readonly state: "connecting" | "sending"; readonly process: EgressProcess }
  | { readonly state: "waiting" }
  /** The destination's address cannot be used. */
  | { readonly state: "refused" };

/** A destination and the dependencies of its egress. */
export interface EgressOptions {
  readonly destination: EgressDestination;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly start: StartEgress;
}

/** Sends one stream to one destination. Disposing kills the process. */
export class Egress implements Disposable {
  readonly #options: EgressOptions;
  readonly #log: Log;
  readonly #reconnector: Reconnector;
  #state: State = { state: "resting" };
  #starts = 0;
  #sentBefore = 0;
  #sentNow = 0;
  #progressAt: Millis;
  #detail: string | undefined;

  constructor(options: EgressOptions) {
    const { clock, random, destination, log } = options;
    this.#options = options;
    this.#progressAt = clock.now();
    this.#log = log.with({
      destination: destination.destination_id,
      address: publicDestination(destination.url),
    });
    this.#reconnector = createReconnector({
      clock,
      random,
      connect: () => {
        this.#state = { state: "resting" };
      },
    });
    const read = readDestination(destination);
    if ("error" in read) {
      this.#state = { state: "refused" };
      this.#detail = read.error;
    }
  }

  /** The destination, with its secrets. */
  get destination(): EgressDestination {
    return this.#options.destination;
  }

  /** The state and the figures of the destination, for operators. */
  get stats(): EgressStats {
    const { state } = this.#state;
    return {
      destination_id: this.#options.destination.destination_id,
      state: state === "refused" ? "failed" : state === "resting" ? "waiting" : state,
      restarts: Math.max(0, this.#starts - 1),
      sent_bytes: this.#sentBefore + this.#sentNow,
      ...(this.#detail !== undefined && { detail: this.#detail }),
    };
  }

  /** Sends transport packets; packets that cannot be sent now are dropped. */
  send(packets: Uint8Array): void {
    if (this.#state.state === "resting") this.#start();
    if (!("process" in this.#state)) return;
    const silent = this.#options.clock.now() - this.#progressAt;
    if (silent > STALL) this.#lost(`Nothing could be sent for ${STALL / 1000} s`);
    else if (!this.#state.process.write(packets)) {
      this.#lost("The destination accepts less than the bitrate of the stream");
    }
  }

  [Symbol.dispose](): void {
    this.#reconnector[Symbol.dispose]();
    if ("process" in this.#state) this.#state.process[Symbol.dispose]();
    this.#state = { state: "waiting" };
  }

  #start(): void {
    this.#starts += 1;
    this.#progressAt = this.#options.clock.now();
    const process = this.#options.start(this.#options.destination, {
      connected: () => {
        this.#state = { state: "sending", process };
        this.#progressAt = this.#options.clock.now();
        this.#detail = undefined;
        this.#reconnector.opened();
        this.#log.info("destination accepts the stream");
      },
      sent: (bytes) => {
        if (bytes > this.#sentNow) this.#progressAt = this.#options.clock.now();
        this.#sentNow = bytes;
      },
      gone: (detail) => this.#lost(detail),
    });
    this.#state = { state: "connecting", process };
  }

  #lost(detail: string): void {
    if ("process" in this.#state) this.#state.process[Symbol.dispose]();
    this.#state = { state: "waiting" };
    this.#detail = detail;
    this.#sentBefore += this.#sentNow;
    this.#sentNow = 0;
    const delay = this.#reconnector.lost();
    this.#log.warn("destination lost, trying again", { detail, delay });
  }
}
