/**
 * Carries the steps of the connection check out, one after another. A probe that fails or does not end counts as one
 * that found nothing.
 *
 * @module
 */
import { signal } from "@preact/signals";
import type { Clock } from "../../../protocol/clock.ts";
import { type Finding, FINDINGS, type Measured, type Step, STEPS } from "./findings.ts";

/** A measurement for each step. */
export type Probes = { readonly [S in Step]: () => Promise<Measured[S]> };

/** What a step without a result measured. */
const NOTHING: Measured = {
  page: undefined,
  secure: false,
  coordinator: undefined,
  worker: undefined,
  addresses: { kinds: [], faults: [] },
  udp: undefined,
  tcp: undefined,
  decoders: { webRtc: [], own: [] },
  gamepads: undefined,
};
/** Longest time of one step, in milliseconds. */
export const STEP_LIMIT = 12_000;

/** The connection check of a page. */
export class Check {
  /** What was found so far. */
  readonly found = signal<Readonly<Partial<Record<Step, Finding>>>>({});
  /** The step that is carried out; `undefined` before the first run and after the last step. */
  readonly running = signal<Step | undefined>(undefined);
  readonly #clock: Clock;
  readonly #probes: Probes;

  constructor(clock: Clock, probes: Probes) {
    this.#clock = clock;
    this.#probes = probes;
  }

  /** Carries all steps out. While it runs, another call does nothing. */
  async run(): Promise<void> {
    if (this.running.value !== undefined) return;
    this.found.value = {};
    for (const step of STEPS) {
      this.running.value = step;
      const finding = await this.#find(step);
      this.found.value = { ...this.found.value, [step]: finding };
    }
    this.running.value = undefined;
  }

  async #find<S extends Step>(step: S): Promise<Finding> {
    const limit = Promise.withResolvers<Measured[S]>();
    using _timer = this.#clock.after(STEP_LIMIT, () => limit.resolve(NOTHING[step]));
    const measured = await Promise.race([
      this.#probes[step]().catch(() => NOTHING[step]),
      limit.promise,
    ]);
    return FINDINGS[step](measured);
  }
}
