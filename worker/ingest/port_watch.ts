/**
 * Watches which UDP ports of a worker's range other programs hold, by binding each port for a moment, a few at a
 * time. The ports that the worker's own streams hold are left out.
 *
 * @module
 */
import { type Clock, every, type Millis } from "../../protocol/clock.ts";
import { type ForeignPorts, MAX_FOREIGN_PORTS } from "../../protocol/field/ingest.ts";

/** How often some ports are looked at, in milliseconds. */
const PERIOD = 100;
/**
 * Ports that are looked at in one period; a thousand ports take 10 s. Each socket takes a buffer of 64 KiB: a hundred at
 * once made the process 100 MB larger.
 */
const AT_ONCE = 10;

/** The dependencies of a {@linkcode PortWatch}. */
export interface PortWatchOptions {
  readonly clock: Clock;
  /** First and last port, inclusive. */
  readonly range: readonly [number, number];
  /** Whether a port can be bound now. */
  readonly isFree: (port: number) => Promise<boolean>;
  /** The ports that the worker's own streams hold or are about to bind. */
  readonly own: () => ReadonlySet<number>;
}

/** Watches the ports of a range. It looks for the first time at once. */
export class PortWatch implements Disposable {
  readonly #options: PortWatchOptions;
  readonly #watching: Disposable;
  readonly #foreign = new Set<number>();
  /** When each part of the range was looked at last. */
  readonly #parts: (Millis | undefined)[];
  #next = 0;
  #looking = false;

  constructor(options: PortWatchOptions) {
    this.#options = options;
    const [first, last] = options.range;
    this.#parts = new Array(Math.ceil((last - first + 1) / AT_ONCE)).fill(undefined);
    this.#watching = every(options.clock, PERIOD, () => void this.#look());
    void this.#look();
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]();
  }

  /** What other programs hold; `undefined` until every port was looked at once. */
  get seen(): ForeignPorts | undefined {
    const times = this.#parts.filter((time) => time !== undefined);
    if (times.length < this.#parts.length) return undefined;
    this.#forgetOwn();
    const ports = [...this.#foreign].toSorted((a, b) => a - b).slice(0, MAX_FOREIGN_PORTS);
    return { ports, age_ms: Math.round(this.#options.clock.now() - Math.min(...times)) };
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#parts.length === 0) return;
    this.#looking = true;
    const { clock, range: [first, last], isFree, own } = this.#options;
    const from = first + this.#next * AT_ONCE;
    const count = Math.min(AT_ONCE, last - from + 1);
    await Promise.all(Array.from({ length: count }, async (_, index) => {
      const port = from + index;
      if (own().has(port) || await isFree(port)) this.#foreign.delete(port);
      else this.#foreign.add(port);
    }));
    // A port that a stream bound while it was looked at is no other program's.
    this.#forgetOwn();
    this.#parts[this.#next] = clock.now();
    this.#next = (this.#next + 1) % this.#parts.length;
    this.#looking = false;
  }

  #forgetOwn(): void {
    for (const port of this.#options.own()) this.#foreign.delete(port);
  }
}
