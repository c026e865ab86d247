/**
 * The state of a request to the coordinator: idle, waiting since a time, or refused with a sentence.
 * The effect of the request is shown by the sender, stream or setting that it changed.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { CallResult } from "../../../protocol/rest/contract.ts";

/** The state of a request: idle, waiting for its answer, or refused with a sentence. */
export type AskState =
  | { readonly state: "idle" }
  | { readonly state: "asked"; readonly since: Millis }
  | { readonly state: "refused"; readonly message: string };

/** One kind of request to the coordinator, with the state that its button shows. */
export interface Ask {
  readonly state: ReadonlySignal<AskState>;
  /** Resolves to the answer, or to `undefined` when it was refused. Asking again while asked does nothing. */
  run<T>(call: () => Promise<CallResult<T>>): Promise<T | undefined>;
  /** Shows a refusal that was found on the page itself. */
  refuse(message: string): void;
  clear(): void;
}

const IDLE: AskState = { state: "idle" };

/** Creates an idle request; `clock` times how long it waits for its answer. */
export function createAsk(clock: Clock): Ask {
  const state = signal<AskState>(IDLE);
  return {
    state,
    async run(call) {
      if (state.value.state === "asked") return undefined;
      state.value = { state: "asked", since: clock.now() };
      const result = await call();
      state.value = result.ok ? IDLE : { state: "refused", message: result.error.message };
      return result.ok ? result.value : undefined;
    },
    refuse: (message) => void (state.value = { state: "refused", message }),
    clear() {
      if (state.value.state === "refused") state.value = IDLE;
    },
  };
}

/** Refusals kept for pages that were left; the oldest is dropped. */
const MOST_KEPT = 64;

/** The requests by name, such as `stop:snd_…`. A request is kept when the user leaves the page that sent it. */
export class Asks {
  readonly #clock: Clock;
  readonly #all = new Map<string, Ask>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(key: string): Ask {
    const known = this.#all.get(key);
    if (known) return known;
    const ask = createAsk(this.#clock);
    this.#all.set(key, ask);
    for (const [old, { state }] of this.#all) {
      if (this.#all.size <= MOST_KEPT) break;
      if (old !== key && state.value.state !== "asked") this.#all.delete(old);
    }
    return ask;
  }
}
