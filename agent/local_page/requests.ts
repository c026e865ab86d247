/**
 * What a person at the box asked the coordinator for: to start or stop the stream. The coordinator decides.
 *
 * ```text
 * none ──ask──▶ asked ──accepted──▶ none
 *   ▲             └──refused, or ANSWER_LIMIT──▶ refused ──ask──▶ asked
 * ```
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { isRefusal } from "../../protocol/envelope.ts";
import { newId } from "../../protocol/ids.ts";
import type { LocalAction } from "../../protocol/legs/agent_leg.ts";
import type { Random } from "../../protocol/random.ts";
import type { Command, ControlLink } from "../control_link.ts";

/** The coordinator asks a worker and this device before it answers a start, in milliseconds. */
const ANSWER_LIMIT = 40_000;

/** The states of the drawing above. */
export type LocalRequest =
  | { readonly state: "none" }
  | { readonly state: "asked"; readonly action: LocalAction; readonly id: string }
  /** `message`: the reason, as a sentence. */
  | { readonly state: "refused"; readonly message: string };

type Answer = Extract<Command, { type: "stream.request.response" }>;

/** The requests of this box. Disposing ends the wait for an answer. */
export class LocalRequests implements Disposable {
  readonly #ports: {
    readonly clock: Clock;
    readonly random: Random;
    readonly link: Pick<ControlLink, "send" | "state">;
  };
  #state: LocalRequest = { state: "none" };
  #limit: Disposable | undefined;

  constructor(
    ports: {
      readonly clock: Clock;
      readonly random: Random;
      readonly link: Pick<ControlLink, "send" | "state">;
    },
  ) {
    this.#ports = ports;
  }

  get state(): LocalRequest {
    return this.#state;
  }

  /** Whether an operator allowed it, as far as this device knows. */
  get isAllowed(): boolean {
    const { state } = this.#ports.link;
    return state.state === "online" && state.config.local_control === true;
  }

  /** Asks the coordinator. A request that is not answered as yet stays. */
  ask(action: LocalAction): void {
    if (this.#state.state === "asked") return;
    const { clock, link } = this.#ports;
    const id = newId(this.#ports);
    if (!link.send("stream.request", { action }, id)) {
      return this.#end({
        state: "refused",
        message: "The coordinator cannot be reached, so nothing was changed",
      });
    }
    this.#state = { state: "asked", action, id };
    this.#limit = clock.after(
      ANSWER_LIMIT,
      () => this.#end({ state: "refused", message: "The coordinator did not answer. Try again" }),
    );
  }

  /** Takes the answer; one to an older request changes nothing. */
  answered({ id, payload }: Answer): void {
    if (this.#state.state !== "asked" || this.#state.id !== id) return;
    this.#end(
      isRefusal(payload) ? { state: "refused", message: payload.error.message } : { state: "none" },
    );
  }

  [Symbol.dispose](): void {
    this.#limit?.[Symbol.dispose]();
  }

  #end(state: LocalRequest): void {
    this.#limit?.[Symbol.dispose]();
    this.#state = state;
  }
}
