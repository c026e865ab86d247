/**
 * The coordinator's time, from which all ages on the page are computed: the clock of the browser may be wrong.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { type Clock, every } from "../../protocol/clock.ts";

const TICK = 1_000;

/** Keeps an estimate of the coordinator's time; disposing it stops the ticking. */
export class ServerTime implements Disposable {
  /** Milliseconds since 1970 at the coordinator; moves once a second. */
  readonly now = signal(0);

  readonly #clock: Clock;
  readonly #ticking: Disposable;
  /** The coordinator's time minus this browser's monotonic time. */
  #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.epoch() - clock.now();
    this.#ticking = every(clock, TICK, () => this.#show());
    this.#show();
  }

  /** Takes the coordinator's time over, in milliseconds since 1970. */
  set(serverTime: number): void {
    this.#offset = serverTime - this.#clock.now();
    this.#show();
  }

  /** The exact time now; `now` can be a second old. */
  read(): number {
    return this.#clock.now() + this.#offset;
  }

  [Symbol.dispose](): void {
    this.#ticking[Symbol.dispose]();
  }

  #show(): void {
    this.now.value = this.read();
  }
}
