/**
 * The coordinator's time, by which every age on the page is counted: this browser's clock may be wrong.
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

  /** This very instant, for what must not be a second late. */
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
