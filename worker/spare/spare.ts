/**
 * Keeps one room process started in advance while somebody is near, so that a player does not wait for its start. A
 * spare that ends unused is replaced, after a longer delay each time.
 *
 * ```text
 * waiting ──taken──▶ planned ──2 s──▶ waiting
 *    │ ▲      ended unused ──▶ planned
 *    │ └──wanted──┐
 *    └──nobody near for 30 s──▶ at rest
 * ```
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { Log } from "../../protocol/log.ts";
import type { FromWorker } from "../../protocol/legs/worker_leg.ts";
import type { Random } from "../../protocol/random.ts";
import { retryDelay } from "../../protocol/connection/reconnect.ts";
import type {
  Fault,
  ProcessEnd,
  RoomProcess,
  RoomProcessListener,
  StartRoomProcess,
} from "../room_process.ts";

/** A spare that nobody wanted for this long is ended, in milliseconds: it takes as much memory as a worker. */
export const REST_AFTER = 30_000;
/** Time from the taking of a spare to the start of the next, which would slow the room's first seconds down. */
const NEXT_AFTER = 2_000;

/** Reports of a process to the owner that took it. */
export type TakenListener = Omit<RoomProcessListener, "ready">;

/** Reports of the spare before it is taken. */
export interface SpareListener {
  /** Whether a session is connected to the spare. */
  readonly inUse: boolean;
  /** The spare sent a message about a session that is connected to it. */
  message(message: FromWorker): Fault | void;
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
  /** The planned start of the next spare. */
  #planned: Disposable | undefined;
  #resting: Disposable | undefined;
  #failures = 0;
  #over = false;

  constructor(ports: SparePorts) {
    this.#ports = ports;
    this.want();
  }

  /** The spare process, ready or starting; `undefined` while there is none. */
  get process(): RoomProcess | undefined {
    return this.#waiting?.process;
  }

  /** Somebody is near who may need the spare soon: it is started, unless a start is planned. */
  want(): RoomProcess | undefined {
    if (!this.#planned) this.#warm();
    this.#restLater();
    return this.process;
  }

  /** Returns the spare, or starts a process when there is none, and plans the start of the next spare. */
  take(taker: TakenListener): RoomProcess {
    const taken = this.#waiting ?? this.#start();
    taken.taker = taker;
    this.#waiting = undefined;
    this.#plan(NEXT_AFTER);
    this.#restLater();
    return taken.process;
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#resting?.[Symbol.dispose]();
    this.#rest();
  }

  /** Ends the spare until it is wanted. */
  #rest(): void {
    this.#planned?.[Symbol.dispose]();
    this.#planned = undefined;
    this.#waiting?.process[Symbol.dispose]();
    this.#waiting = undefined;
  }

  #restLater(): void {
    this.#resting?.[Symbol.dispose]();
    if (this.#over) return;
    this.#resting = this.#ports.clock.after(REST_AFTER, () => {
      if (this.#ports.listener.inUse) this.#restLater();
      else this.#rest();
    });
  }

  #warm(): void {
    if (!this.#over && !this.#waiting) this.#waiting = this.#start();
  }

  #plan(delay: number): void {
    this.#planned?.[Symbol.dispose]();
    this.#planned = this.#ports.clock.after(delay, () => {
      this.#planned = undefined;
      this.#warm();
    });
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
