/**
 * Reports of what changes often: each thing at most once a period. The first change is reported at once, and after the
 * last one its newest state always.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";

/** How often the changes of a room are reported at most. */
export const ROOM_CHANGES = { period: 100 };

/** The parts of {@linkcode Latest}. */
export interface LatestPorts<Key> {
  readonly clock: Clock;
  /** In milliseconds. */
  readonly period: number;
  /** Reports the present state of a thing. */
  readonly report: (key: Key) => void;
}

/** Disposing reports nothing more. */
export class Latest<Key> implements Disposable {
  readonly #ports: LatestPorts<Key>;
  /** The things that were reported within the last period. */
  readonly #pauses = new Map<Key, { readonly timer: Disposable; isDue: boolean }>();

  constructor(ports: LatestPorts<Key>) {
    this.#ports = ports;
  }

  /** A thing has another state. */
  changed(key: Key): void {
    const pause = this.#pauses.get(key);
    if (pause) pause.isDue = true;
    else this.#report(key);
  }

  /** What was to be reported of a thing does not count any more. */
  forget(key: Key): void {
    this.#pauses.get(key)?.timer[Symbol.dispose]();
    this.#pauses.delete(key);
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#pauses.keys()]) this.forget(key);
  }

  #report(key: Key): void {
    const { clock, period, report } = this.#ports;
    const timer = clock.after(period, () => {
      const isDue = this.#pauses.get(key)?.isDue;
      this.#pauses.delete(key);
      if (isDue) this.#report(key);
    });
    this.#pauses.set(key, { timer, isDue: false });
    report(key);
  }
}
