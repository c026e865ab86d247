/**
 * What the dashboard knows of the fleet, as signals. Messages of the live connection enter by `apply`, the answers
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
  type Books,
  EMPTY_BOOKS,
  release,
  withSender,
  withStream,
  withUnknown,
  withWorker,
} from "./model/books.ts";

/** Milliseconds during which changes are gathered before views are redrawn. */
const GATHER = 120;

type Signals = { readonly [K in keyof Books]: ReadonlySignal<Books[K]> };

export class Fleet implements Disposable {
  readonly on: Signals;

  readonly #clock: Clock;
  readonly #signals = signals(EMPTY_BOOKS);
  #books = EMPTY_BOOKS;
  #publishing: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.on = this.#signals;
  }

  /** The books as they are now, shown or not. */
  get books(): Books {
    return this.#books;
  }

  /** Takes a message of the live connection. */
  apply(message: ToOperator): void {
    this.#set(apply(this.#books, message));
  }

  /** Takes a sender that a REST call answered. */
  setSender(sender: Sender): void {
    this.#set(withSender(this.#books, sender));
  }

  /** Takes a stream that a REST call answered. */
  setStream(stream: Stream): void {
    this.#set(withStream(this.#books, stream));
  }

  /** Takes a worker that a REST call answered. */
  setWorker(worker: FleetWorker): void {
    this.#set(withWorker(this.#books, worker));
  }

  /** Topics that do not exist, or that this user may not see. */
  setUnknown(topics: readonly string[]): void {
    this.#set(withUnknown(this.#books, topics));
  }

  /** Prepares for topics that are no longer followed, or that are about to be followed again. */
  release(topics: readonly Topic[]): void {
    this.#set(release(this.#books, topics));
  }

  /** Empties the fleet when a user signs out: the next user may not see the same. */
  clear(): void {
    this.#set(EMPTY_BOOKS);
    this.#publish();
  }

  [Symbol.dispose](): void {
    this.#publishing?.[Symbol.dispose]();
  }

  #set(books: Books): void {
    if (books === this.#books) return;
    this.#books = books;
    this.#publishing ??= this.#clock.after(GATHER, () => this.#publish());
  }

  #publish(): void {
    this.#publishing?.[Symbol.dispose]();
    this.#publishing = undefined;
    batch(() => {
      for (const key of Object.keys(this.#books) as (keyof Books)[]) this.#show(key);
    });
  }

  #show<K extends keyof Books>(key: K): void {
    this.#signals[key].value = this.#books[key];
  }
}

function signals(books: Books) {
  return {
    senders: signal(books.senders),
    streams: signal(books.streams),
    workers: signal(books.workers),
    rooms: signal(books.rooms),
    alerts: signal(books.alerts),
    status: signal(books.status),
    sent: signal(books.sent),
    received: signal(books.received),
    uplinks: signal(books.uplinks),
    trails: signal(books.trails),
    health: signal(books.health),
    loaded: signal(books.loaded),
    unknown: signal(books.unknown),
    staged: signal(books.staged),
  };
}
