/**
 * Keeps one room process started in advance, so that a player does not wait for its start. A spare that ends unused is
 * replaced, after a longer delay each time.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import type { FromWorker } from "../../protocol/legs/worker_leg.ts";
import type { Random } from "../../protocol/random.ts";
import { retryDelay } from "../../protocol/connection/reconnect.ts";
import type {
  ProcessEnd,
  RoomProcess,
  RoomProcessListener,
  StartRoomProcess,
} from "../room_process.ts";

/** Reports of a process to the owner that took it. */
export type TakenListener = Omit<RoomProcessListener, "ready">;

/** Reports of the spare before it is taken. */
export interface SpareListener {
  /** The spare sent a message about a session that is connected to it. */
  message(message: FromWorker): void;
  /** The spare has ended. */
  ended(): void;
}

/** The dependencies of {@linkcode Spare}. */
export interface SparePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly start: StartRoomProcess;
  readonly listener: SpareListener;
}

/** Holds the spare process. Disposing kills it; processes that were taken go on. */
export class Spare implements Disposable {
  readonly #ports: SparePorts;
  #waiting: { process: RoomProcess; taker: TakenListener | undefined } | undefined;
  #retry: Disposable | undefined;
  #failures = 0;
  #over = false;

  constructor(ports: SparePorts) {
    this.#ports = ports;
    this.#warm();
  }

  /** The spare process, ready or starting; `undefined` while there is none. */
  get process(): RoomProcess | undefined {
    return this.#waiting?.process;
  }

  /** Returns the spare, or starts a process when there is none, and plans the start of the next spare. */
  take(taker: TakenListener): RoomProcess {
    const taken = this.#waiting ?? this.#start();
    taken.taker = taker;
    this.#waiting = undefined;
    // The next spare starts after the room's first seconds, because its start would slow the room down.
    this.#plan(2_000);
    return taken.process;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#retry?.[Symbol.dispose]();
    this.#waiting?.process[Symbol.dispose]();
    this.#waiting = undefined;
  }

  #warm(): void {
    if (!this.#over && !this.#waiting) this.#waiting = this.#start();
  }

  #plan(delay: number): void {
    this.#retry?.[Symbol.dispose]();
    this.#retry = this.#ports.clock.after(delay, () => this.#warm());
  }

  #start(): { process: RoomProcess; taker: TakenListener | undefined } {
    const started: { process: RoomProcess; taker: TakenListener | undefined } = {
      taker: undefined,
      process: this.#ports.start({
        ready: () => {
          this.#failures = 0;
        },
        message: (message) => (started.taker ?? this.#ports.listener).message(message),
        live: (event) => started.taker?.live(event),
        packets: (bytes) => started.taker?.packets(bytes),
        gone: (end) => (started.taker ? started.taker.gone(end) : this.#died(end)),
      }),
    };
    return started;
  }

  #died({ how }: ProcessEnd): void {
    this.#waiting = undefined;
    this.#ports.listener.ended();
    this.#failures += 1;
    const delay = retryDelay(this.#failures, this.#ports.random);
    this.#ports.log.warn("spare room process ended, starting another", { how, delay });
    this.#plan(delay);
  }
}
