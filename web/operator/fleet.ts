/**
 * The fleet state of the dashboard, as signals. Messages of the live connection enter by `apply`, the answers
 * of REST calls by the setters. Views are redrawn at most once in `GATHER` milliseconds, however much changed.
 *
 * @module
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../protocol/clock.ts";
import type { ToOperator, Topic } from "../../protocol/legs/operator_leg.ts";
import type { FleetWorker } from "../../protocol/rest/fleet.ts";
import type { Sender } from "../../protocol/rest/senders.ts";
import type { Stream } from "../../protocol/rest/streams.ts";
import {
  apply,
  EMPTY_FLEET,
  type FleetState,
  release,
  withSender,
  withStream,
  withUnknown,
  withWorker,
} from "./model/fleet_state.ts";

/** Milliseconds during which changes are gathered before views are redrawn. */
const GATHER = 120;

type Signals = { readonly [K in keyof FleetState]: ReadonlySignal<FleetState[K]> };

/** Holds the fleet state and publishes each part of it as a signal. */
export class Fleet implements Disposable {
  readonly on: Signals;

  readonly #clock: Clock;
  readonly #signals = signals(EMPTY_FLEET);
  #known = EMPTY_FLEET;
  #publishing: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.on = this.#signals;
  }

  /** The newest state of the fleet, also before views show it. */
  get known(): FleetState {
    return this.#known;
  }

  /** Takes a message of the live connection. */
  apply(message: ToOperator): void {
    this.#set(apply(this.#known, message));
  }

  /** Takes a sender that a REST call answered. */
  setSender(sender: Sender): void {
    this.#set(withSender(this.#known, sender));
  }

  /** Takes a stream that a REST call answered. */
  setStream(stream: Stream): void {
    this.#set(withStream(this.#known, stream));
  }

  /** Takes a worker that a REST call answered. */
  setWorker(worker: FleetWorker): void {
    this.#set(withWorker(this.#known, worker));
  }

  /** Topics that do not exist, or that this user may not see. */
  setUnknown(topics: readonly string[]): void {
    this.#set(withUnknown(this.#known, topics));
  }

  /** Prepares for topics that are no longer followed, or that are about to be followed again. */
  release(topics: readonly Topic[]): void {
    this.#set(release(this.#known, topics));
  }

  /** Empties the fleet when a user signs out: the next user may not see the same. */
  clear(): void {
    this.#set(EMPTY_FLEET);
    this.show();
  }

  /** Shows the views at once what is known. */
  show(): void {
    this.#publishing?.[Symbol.dispose]();
    this.#publishing = undefined;
    batch(() => {
      for (const key of Object.keys(this.#known) as (keyof FleetState)[]) this.#show(key);
    });
  }

  [Symbol.dispose](): void {
    this.#publishing?.[Symbol.dispose]();
  }

  #set(known: FleetState): void {
    if (known === this.#known) return;
    this.#known = known;
    this.#publishing ??= this.#clock.after(GATHER, () => this.show());
  }

  #show<K extends keyof FleetState>(key: K): void {
    this.#signals[key].value = this.#known[key];
  }
}

function signals(known: FleetState) {
  return {
    senders: signal(known.senders),
    streams: signal(known.streams),
    workers: signal(known.workers),
    rooms: signal(known.rooms),
    alerts: signal(known.alerts),
    status: signal(known.status),
    sent: signal(known.sent),
    received: signal(known.received),
    uplinks: signal(known.uplinks),
    trails: signal(known.trails),
    health: signal(known.health),
    loaded: signal(known.loaded),
    unknown: signal(known.unknown),
    staged: signal(known.staged),
  };
}
