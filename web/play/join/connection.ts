/**
 * The player's connection to the coordinator: the session, the library, the workers and the round trip to each.
 * It reconnects by itself; media does not depend on it.
 *
 * @module
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../../protocol/clock.ts";
import type { RoomId, WorkerId } from "../../../protocol/ids.ts";
import type { Random } from "../../../protocol/random.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../../protocol/legs/user_leg.ts";
import type { Dial } from "../../../protocol/connection/leg_client.ts";
import { createLegSocket, type LegSocket } from "../../shared/socket/leg_socket.ts";
import type { App } from "../lobby/library.ts";
import type { NoPlace } from "./session_state.ts";
import { type Choice, measureWorkers, type Ping, typicalPing } from "./latency.ts";

/** The session that the coordinator granted: its worker, room, library and resume token. */
export type Ready = Extract<ToUser, { type: "session.ready" }>["payload"];
/** The messages that the connection passes on to its listener. */
export type SessionMessage = Exclude<
  ToUser,
  {
    type:
      | "latency.check"
      | "library.changed"
      | "restart"
      | "workers.list.response"
      | "rooms.list.response";
  }
>;

/** Keeps a session's resume token over a reload of this tab. */
export interface TokenStore {
  /** Returns the stored token and removes it from the store. */
  take(): string | undefined;
  /** Sets the token to store when the page is left; `undefined` stores none. */
  keep(token: string | undefined): void;
}

/** Somebody waits before the page: it dials again after so many milliseconds at the latest. */
export const LONGEST_DELAY = 8_000;

/** The parts and settings of a connection. */
export interface ConnectionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly dial: Dial;
  readonly ping: Ping;
  /** The address of `/ws` with this query. */
  readonly address: (query: Readonly<Record<string, string | undefined>>) => string;
  readonly tokens: TokenStore;
  /** The room of the link this page was opened with. */
  readonly roomId: RoomId | undefined;
  readonly listener: (message: SessionMessage) => void;
}

/** The player's connection to the coordinator. It dials at once; disposing it closes the socket for good. */
export class Connection implements Disposable {
  readonly socket: LegSocket<ToUser, FromUser>;
  /** The newest `session.ready`; stays while the socket is away. */
  readonly ready = signal<Ready | undefined>(undefined);
  readonly apps = computed<readonly App[]>(() => this.ready.value?.apps ?? []);
  readonly workers = signal<readonly Choice[]>([]);
  /** Typical round trip by worker that was measured, in milliseconds; `undefined`: it did not answer. */
  readonly rtts = signal<ReadonlyMap<WorkerId, number | undefined>>(new Map());
  /** The worker that the person chose; `undefined`: the coordinator chooses. */
  readonly chosen = signal<WorkerId | undefined>(undefined);
  /** The zone or worker without a free place, while the coordinator waits for one. */
  readonly noWorker = signal<NoPlace | undefined>(undefined);
  /** True after `session.ready` on the present socket: requests can be made. */
  readonly online: ReadonlySignal<boolean>;

  readonly #options: ConnectionOptions;
  readonly #greeted = signal(false);
  #resume: string | undefined;
  #roomId: RoomId | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#resume = options.tokens.take();
    this.#roomId = options.roomId;
    this.socket = createLegSocket({
      clock: options.clock,
      random: options.random,
      dial: options.dial,
      url: () => this.#url(),
      incoming: toUser,
      outgoing: fromUser,
      longestDelay: LONGEST_DELAY,
      listener: (message) => this.#receive(message),
      unreadable: (reason) => console.warn(`Farpad sent what this page cannot read: ${reason}`),
    });
    this.online = computed(() => this.socket.state.value.state === "open" && this.#greeted.value);
  }

  /** The newest round trip to the worker in use, in milliseconds; `undefined`: it was not measured, or did not answer. */
  get rtt(): number | undefined {
    const ready = this.ready.value;
    if (!ready) return undefined;
    const { worker_id } = ready.worker;
    return this.rtts.value.has(worker_id) ? this.rtts.value.get(worker_id) : ready.rtt_ms;
  }

  /** Measures the round trip to the worker in use again. */
  async measureAgain(): Promise<void> {
    const ready = this.ready.value;
    if (ready) await this.#measure([ready.worker]);
  }

  /** Joins the worker of a room that the present session may not belong to. */
  openRoom(roomId: RoomId): void {
    if (this.#roomId === roomId || this.ready.value?.room?.room_id === roomId) return;
    this.renew({ roomId });
  }

  /** Begins a new session on the worker that the person chose. */
  choose(worker: WorkerId | undefined): void {
    this.chosen.value = worker;
    this.renew();
  }

  /** Ends the present session and begins another one, in a room or in none. */
  renew({ roomId }: { readonly roomId?: RoomId | undefined } = {}): void {
    this.#roomId = roomId;
    this.#resume = undefined;
    this.#options.tokens.keep(undefined);
    this.#greeted.value = false;
    this.socket.restart();
  }

  /** Fetches the list of workers and measures the round trip to each. A refusal leaves the old list. */
  async refreshWorkers(): Promise<void> {
    const answer = await this.socket.request("workers.list", {});
    if ("error" in answer) return;
    this.workers.value = answer.workers;
    await this.#measure(answer.workers);
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]();
  }

  #url(): string {
    this.#greeted.value = false;
    return this.#options.address({
      room_id: this.#roomId,
      worker_id: this.chosen.value,
      resume: this.#resume,
    });
  }

  #receive(message: ToUser): void {
    switch (message.type) {
      case "latency.check":
        this.workers.value = message.payload.workers;
        return void this.#report(message.payload.workers);
      case "session.ready":
        this.#welcome(message.payload);
        return this.#options.listener(message);
      case "library.changed": {
        const ready = this.ready.value;
        if (ready) this.ready.value = { ...ready, apps: message.payload.apps };
        return;
      }
      case "session.no_capacity":
        if (!this.#greeted.value) this.noWorker.value = message.payload;
        return this.#options.listener(message);
      case "restart":
      case "workers.list.response":
      case "rooms.list.response":
        return;
      default:
        return this.#options.listener(message);
    }
  }

  #welcome(ready: Ready): void {
    this.#resume = ready.resume_token;
    this.#options.tokens.keep(ready.resume_token);
    this.ready.value = ready;
    this.#greeted.value = true;
    this.noWorker.value = undefined;
    const { worker } = ready;
    const known = this.workers.value.some(({ worker_id }) => worker_id === worker.worker_id);
    if (!known) this.workers.value = [...this.workers.value, worker];
    // The coordinator requests measurements only where there are several workers; the page shows the round trip always.
    if (this.rtts.value.get(worker.worker_id) === undefined) void this.#measure([worker]);
  }

  async #report(workers: readonly Choice[]): Promise<void> {
    const results = await this.#measure(workers);
    this.socket.send("latency.check.response", { results });
  }

  async #measure(workers: readonly Choice[]) {
    const results = await measureWorkers(workers, this.#options);
    const rtts = new Map(this.rtts.value);
    for (const { worker_id, samples_ms } of results) {
      rtts.set(worker_id, typicalPing(samples_ms));
    }
    this.rtts.value = rtts;
    return results;
  }
}
