/**
 * The live connection: signs in by the first message, subscribes to the topics of the pages, and reports since when
 * nothing arrived.
 *
 * ```
 *  off ──connect──▶ joining ──login──▶ live ──lost──▶ stale ──login, then the lists of its views──▶ live
 *   ▲                                                  └── retries by itself
 *   └── disconnect, from anywhere
 * ```
 *
 * @module
 */
import { isLinkProblem } from "../../protocol/legs/refusals.ts";
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock, Millis } from "../../protocol/clock.ts";
import {
  type FromOperator,
  fromOperator,
  type ToOperator,
  toOperator,
  Topic,
} from "../../protocol/legs/operator_leg.ts";
import type { Random } from "../../protocol/random.ts";
import { CLOSE } from "../../protocol/close.ts";
import type { Dial } from "../../protocol/connection/leg_client.ts";
import { createLegSocket, type LegSocket } from "../shared/socket/leg_socket.ts";
import type { Api } from "./api.ts";
import type { Fleet } from "./fleet.ts";
import type { ServerTime } from "./time.ts";

/** The state of the live connection. */
export type LiveState =
  | { readonly state: "off" }
  | { readonly state: "joining" }
  | { readonly state: "live" }
  /** `since`: when it was lost, in the coordinator's time. `retryAt`: absent while an attempt is under way. */
  | {
    readonly state: "stale";
    readonly since: number;
    readonly retryAt?: Millis;
    readonly why?: string;
  };

interface LiveOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly dial: Dial;
  /** Where `/api/ws` is. */
  readonly address: () => string;
  readonly api: Pick<Api, "freshToken" | "renew">;
  readonly fleet: Fleet;
  readonly time: ServerTime;
}

/** A newer token is presented this long before the old one ends, in milliseconds. */
const RENEW_BEFORE = 45_000;
/** Milliseconds for which a topic is followed after its last view has closed. */
const LINGER = 1_000;

/** The live connection to the coordinator; disposing it closes the connection. */
export class Live implements Disposable {
  readonly state: ReadonlySignal<LiveState>;

  readonly #options: LiveOptions;
  readonly #state = signal<LiveState>({ state: "off" });
  /** How many views follow each topic. */
  readonly #followers = new Map<Topic, number>();
  /** The topics that this connection has subscribed to. */
  readonly #reported = new Set<Topic>();
  #running: DisposableStack | undefined;
  #socket: LegSocket<ToOperator, FromOperator> | undefined;
  #renewal: Disposable | undefined;
  #renewed = false;
  #lingering: Disposable | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.state = this.#state;
  }

  connect(): void {
    if (this.#running) return;
    const running = new DisposableStack();
    const { clock, random, dial, address } = this.#options;
    const socket = createLegSocket({
      clock,
      random,
      dial,
      url: address,
      incoming: toOperator,
      outgoing: fromOperator,
      listener: (message) => this.#options.fleet.apply(message),
      unreadable: (reason) =>
        console.warn(`The coordinator sent what this page cannot read: ${reason}`),
    });
    this.#running = running;
    this.#socket = running.use(socket);
    this.#state.value = { state: "joining" };
    running.defer(() => this.#renewal?.[Symbol.dispose]());
    running.defer(socket.state.subscribe((link) => this.#onLink(link)));
  }

  disconnect(): void {
    this.#running?.dispose();
    this.#lingering?.[Symbol.dispose]();
    this.#running = undefined;
    this.#socket = undefined;
    this.#state.value = { state: "off" };
    this.#options.fleet.clear();
  }

  /** Dials at once instead of waiting for the next attempt. */
  retry(): void {
    this.#socket?.restart();
  }

  /** Follows topics until disposed, and a little longer, because the next page may follow the same ones. */
  follow(topics: readonly Topic[]): Disposable {
    for (const topic of topics) this.#followers.set(topic, (this.#followers.get(topic) ?? 0) + 1);
    const fresh = topics.filter((topic) => !this.#reported.has(topic));
    if (this.#state.value.state === "live") void this.#subscribe(fresh);
    return { [Symbol.dispose]: () => this.#unfollow(topics) };
  }

  [Symbol.dispose](): void {
    this.disconnect();
  }

  #unfollow(topics: readonly Topic[]): void {
    for (const topic of topics) {
      this.#followers.set(topic, (this.#followers.get(topic) ?? 1) - 1);
    }
    this.#lingering?.[Symbol.dispose]();
    this.#lingering = this.#options.clock.after(LINGER, () => this.#letGo());
  }

  /** Unsubscribes topics without a view. */
  #letGo(): void {
    const gone = [...this.#followers].filter(([, count]) => count <= 0).map(([topic]) => topic);
    if (gone.length === 0) return;
    for (const topic of gone) {
      this.#followers.delete(topic);
      this.#reported.delete(topic);
    }
    this.#socket?.send("unsubscribe", { topics: gone });
    this.#options.fleet.release(gone);
  }

  #onLink(link: LegSocket<ToOperator, FromOperator>["state"]["value"]): void {
    switch (link.state) {
      case "connecting":
        if (this.#state.peek().state === "stale") this.#stale({});
        return;
      case "open":
        return void this.#join();
      case "lost":
        return this.#stale({ retryAt: link.retryAt });
      case "closed":
        return void this.#onRefused(link.code);
    }
  }

  /** Presents the token; again whenever it is about to end. */
  async #join(): Promise<void> {
    const { api, time, clock } = this.#options;
    const socket = this.#socket;
    const token = await api.freshToken();
    if (!socket || socket !== this.#socket || socket.state.peek().state !== "open") return;
    if (token === undefined) return this.#stale({ why: "The login could not be renewed." });
    const answer = await socket.request("auth.login", { token });
    if (socket !== this.#socket) return;
    if ("error" in answer) {
      // A lost connection is dialled again by the socket; a refused token is renewed once it is closed.
      const lost = isLinkProblem(answer.error.code);
      return lost ? undefined : this.#stale({ why: answer.error.message });
    }
    this.#renewed = false;
    time.set(answer.server_time);
    this.#renewal?.[Symbol.dispose]();
    const left = Math.max(1_000, answer.expires_at - answer.server_time - RENEW_BEFORE);
    this.#renewal = clock.after(left, () => void this.#join());
    if (this.#state.peek().state === "live") return;
    this.#letGo();
    this.#reported.clear();
    // A page that was away shows lists of the connection before until those of this one are there.
    if (this.#state.peek().state === "stale") {
      await this.#subscribe([...this.#followers.keys()]);
      if (socket !== this.#socket || socket.state.peek().state !== "open") return;
      this.#options.fleet.show();
    }
    this.#state.value = { state: "live" };
    void this.#subscribe([...this.#followers.keys()].filter((topic) => !this.#reported.has(topic)));
  }

  /** Closed for good by the coordinator: with a new token it may open again. */
  async #onRefused(code: number): Promise<void> {
    const socket = this.#socket;
    if (!this.#running || !socket) return;
    this.#stale({ why: closeWords(code) });
    if (code !== CLOSE.unauthenticated || this.#renewed) return;
    // A token that is refused although it is new will be refused again.
    this.#renewed = true;
    if (await this.#options.api.renew() && socket === this.#socket) socket.restart();
  }

  #stale(more: { retryAt?: Millis; why?: string }): void {
    const before = this.#state.peek();
    const since = before.state === "stale" ? before.since : this.#options.time.read();
    const why = more.why ?? (before.state === "stale" ? before.why : undefined);
    this.#renewal?.[Symbol.dispose]();
    this.#state.value = { state: "stale", since, ...more, ...(why === undefined ? {} : { why }) };
  }

  async #subscribe(topics: readonly Topic[]): Promise<void> {
    if (topics.length === 0) return;
    for (const topic of topics) this.#reported.add(topic);
    this.#options.fleet.release(topics);
    const answer = await this.#socket?.request("subscribe", { topics: [...topics] });
    if (!answer || "error" in answer) return;
    this.#options.fleet.setUnknown(answer.unknown);
  }
}

function closeWords(code: number): string {
  if (code === CLOSE.unauthenticated) return "The coordinator did not accept the login.";
  if (code === CLOSE.forbidden) return "This account may not use the dashboard.";
  if (code === CLOSE.replaced) return "Another tab took this connection over.";
  return `The coordinator closed the connection for good (code ${code}).`;
}

/** The topic of one item; `undefined` when the id is not valid. */
export function topicOf(
  kind: "sender" | "stream" | "worker" | "room",
  id: string,
): Topic | undefined {
  return Topic.safeParse(`${kind}:${id}`).data;
}
