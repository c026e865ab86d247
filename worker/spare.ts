/**
 * Keeps one room process started in advance, so that a player does not wait for its start. A spare that ends unused is
 * replaced, after a longer delay each time.
 *
 * @module
 */
import type { Clock } from "../protocol/clock.ts";
import type { Log } from "../protocol/log.ts";
import type { Random } from "../protocol/random.ts";
import { retryDelay } from "../protocol/connection/reconnect.ts";
import type {
  ProcessEnd,
  RoomProcess,
  RoomProcessListener,
  StartRoomProcess,
} from "./room_process.ts";

/** Reports of a process to the owner that took it. */
export type TakenListener = Omit<RoomProcessListener, "ready">;

/** Holds the spare process. Disposing kills it; processes that were taken go on. */
export class Spare implements Disposable {
  readonly #ports: { clock: Clock; random: Random; log: Log; start: StartRoomProcess };
  #waiting: { process: RoomProcess; taker: TakenListener | undefined } | undefined;
  #retry: Disposable | undefined;
  #failures = 0;
  #over = false;

  constructor(ports: { clock: Clock; random: Random; log: Log; start: StartRoomProcess }) {
    this.#ports = ports;
    this.#warm();
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
        message: (message) => started.taker?.message(message),
        live: (event) => started.taker?.live(event),
        packets: (bytes) => started.taker?.packets(bytes),
        gone: (end) => (started.taker ? started.taker.gone(end) : this.#died(end)),
      }),
    };
    return started;
  }

  #died({ how }: ProcessEnd): void {
    this.#waiting = undefined;
    this.#failures += 1;
    const delay = retryDelay(this.#failures, this.#ports.random);
    this.#ports.log.warn("spare room process ended, starting another", { how, delay });
    this.#plan(delay);
  }
}
