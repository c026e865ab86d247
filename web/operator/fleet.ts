/**
 * The books as signals. Messages enter by `apply`; views are told of what changed a few times a second at most,
 * however many messages came.
 *
 * @module
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../../protocol/clock.ts";
import type { ToOperator, Topic } from "../../protocol/legs/operator_leg.ts";
import { apply, type Books, EMPTY_BOOKS, release } from "./model/books.ts";

/** How long changes are gathered before views are told, in milliseconds. */
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

  apply(message: ToOperator): void {
    this.#set(apply(this.#books, message));
  }

  /** Topics that are no longer followed, or are about to be followed anew. */
  release(topics: readonly Topic[]): void {
    this.#set(release(this.#books, topics));
  }

  /** Another person must not see what this one saw. */
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
