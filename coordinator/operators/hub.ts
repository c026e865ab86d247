/**
 * Sends each dashboard the topics that it subscribed to: a snapshot, then the changes. No dashboard has a queue of
 * its own: one set of changes waits for all of them, and a dashboard that reads too slowly receives a new snapshot in
 * place of the changes that it missed.
 *
 * @module
 */
import { type Clock, every } from "../../protocol/clock.ts";
import type { ToOperator, Topic } from "../../protocol/legs/operator_leg.ts";
import type { Log } from "../../protocol/log.ts";
import { type Caller, sees } from "../accounts/caller.ts";
import type { FleetEvent } from "../fleet/events.ts";
import type { Bus } from "../ports.ts";
import type { Concern, Concerns, FleetMessage } from "./concerns.ts";
import type { Topics } from "./topics.ts";

/** How long changes are gathered after a message was sent, in milliseconds; the first is sent at once. */
export const GATHER = 50;
/** The same for values that change every second; slow dashboards are checked at this interval, too. */
export const GATHER_SLOW = 2_000;
/** A dashboard with more unsent bytes than this receives nothing more. */
export const BEHIND_ABOVE = 256 * 1024;
/** Such a dashboard receives snapshots again once fewer unsent bytes than this are left. */
export const CAUGHT_UP_BELOW = 16 * 1024;
/** Changes that may wait; beyond that, every dashboard receives a snapshot instead. */
const MAX_DIRTY = 10_000;

/** A connected dashboard. */
export interface Watcher {
  /** The signed-in user; `undefined` once signed out. */
  readonly caller: Caller | undefined;
  /** Bytes that wait in the socket's send buffer. */
  readonly waiting: number;
  send(
    message: FleetMessage | {
      type: "snapshot";
      payload: Extract<ToOperator, { type: "snapshot" }>["payload"];
    },
  ): void;
  /** Closes the connection, because the login ended. */
  expel(): void;
}

interface Seat {
  readonly topics: Set<Topic>;
  /** Topics whose snapshot is being read: changes that happen meanwhile are sent after it. */
  readonly loading: Set<Topic>;
  readonly missed: Map<string, Concern>;
  behind: boolean;
}

/** Sends snapshots and changes to all connected dashboards. */
export class OperatorHub implements Disposable {
  readonly #seats = new Map<Watcher, Seat>();
  readonly #ports: { clock: Clock; log: Log; topics: Topics; concerns: Concerns };
  #dirty = new Map<string, Concern>();
  #slow = new Map<string, Concern>();
  #planned: Disposable | undefined;
  #shownAt = -Infinity;
  readonly #running: DisposableStack = new DisposableStack();

  constructor(
    ports: { clock: Clock; log: Log; bus: Bus<FleetEvent>; topics: Topics; concerns: Concerns },
  ) {
    this.#ports = ports;
    this.#running.use(ports.bus.subscribe((event) => this.#received(event)));
    this.#running.use(every(ports.clock, GATHER_SLOW, () => this.#gather()));
  }

  [Symbol.dispose](): void {
    this.#planned?.[Symbol.dispose]();
    this.#running[Symbol.dispose]();
  }

  /** Adds a dashboard; disposing removes it. */
  join(watcher: Watcher): Disposable {
    this.#seats.set(watcher, {
      topics: new Set(),
      loading: new Set(),
      missed: new Map(),
      behind: false,
    });
    return { [Symbol.dispose]: () => void this.#seats.delete(watcher) };
  }

  get size(): number {
    return this.#seats.size;
  }

  /** The topics that a dashboard is subscribed to. */
  topicsOf(watcher: Watcher): Topic[] {
    return [...this.#seats.get(watcher)?.topics ?? []];
  }

  /** Adds a topic and sends its snapshot. False when there is no such thing, or this user may not see it. */
  async subscribe(watcher: Watcher, topic: Topic): Promise<boolean> {
    const seat = this.#seats.get(watcher);
    if (!seat) return false;
    seat.topics.add(topic);
    const found = await this.#show(watcher, seat, topic);
    if (!found) seat.topics.delete(topic);
    return found;
  }

  unsubscribe(watcher: Watcher, topic: Topic): void {
    this.#seats.get(watcher)?.topics.delete(topic);
  }

  async #show(watcher: Watcher, seat: Seat, topic: Topic): Promise<boolean> {
    const { caller } = watcher;
    if (!caller) return false;
    seat.loading.add(topic);
    try {
      const parts = await this.#ports.topics.snapshot(topic, caller);
      for (const payload of parts ?? []) watcher.send({ type: "snapshot", payload });
      return parts !== undefined;
    } finally {
      seat.loading.delete(topic);
      if (seat.loading.size === 0) {
        for (const concern of seat.missed.values()) this.#mark(concern);
        seat.missed.clear();
      }
    }
  }

  #received(event: FleetEvent): void {
    if (event.type === "logins_ended") return this.#signOut(event.loginIds);
    for (const concern of this.#ports.concerns(event)) this.#mark(concern);
  }

  #signOut(loginIds: readonly string[]): void {
    for (const watcher of [...this.#seats.keys()]) {
      if (watcher.caller && loginIds.includes(watcher.caller.loginId)) watcher.expel();
    }
  }

  #mark(concern: Concern): void {
    if (!this.#isWatched(concern)) return;
    const { clock } = this.#ports;
    (concern.slow ? this.#slow : this.#dirty).set(concern.key, concern);
    if (this.#dirty.size > MAX_DIRTY || this.#slow.size > MAX_DIRTY) this.#startOver();
    if (concern.slow) return;
    const wait = Math.max(0, this.#shownAt + GATHER - clock.now());
    this.#planned ??= clock.after(wait, () => this.#flush());
  }

  /** Drops all changes: there are too many, so every dashboard receives snapshots instead. */
  #startOver(): void {
    this.#dirty.clear();
    this.#slow.clear();
    for (const seat of this.#seats.values()) seat.behind = true;
  }

  /** Sends the slow changes with the others, and new snapshots to dashboards that have caught up. */
  #gather(): void {
    for (const [key, concern] of this.#slow) this.#dirty.set(key, concern);
    this.#slow = new Map();
    if (this.#dirty.size > 0) this.#flush();
    for (const [watcher, seat] of this.#seats) {
      if (!seat.behind || watcher.waiting > CAUGHT_UP_BELOW) continue;
      seat.behind = false;
      for (const topic of seat.topics) this.#show(watcher, seat, topic).catch(this.#failed);
    }
  }

  #flush(): void {
    this.#planned?.[Symbol.dispose]();
    this.#planned = undefined;
    this.#shownAt = this.#ports.clock.now();
    const dirty = this.#dirty;
    this.#dirty = new Map();
    for (const concern of dirty.values()) this.#report(concern).catch(this.#failed);
  }

  async #report(concern: Concern): Promise<void> {
    if (!this.#isWatched(concern)) return;
    const built = await concern.build();
    if (!built) return;
    for (const [watcher, seat] of this.#seats) {
      const { caller } = watcher;
      if (!caller || seat.behind || !watches(seat, concern)) continue;
      if (built.owner !== "everybody" && !sees(caller, built.owner)) continue;
      if (concern.topics.some((topic) => seat.loading.has(topic))) {
        seat.missed.set(concern.key, concern);
      } else if (watcher.waiting > BEHIND_ABOVE) seat.behind = true;
      else watcher.send(built.message);
    }
  }

  #isWatched(concern: Concern): boolean {
    for (const seat of this.#seats.values()) if (watches(seat, concern)) return true;
    return false;
  }

  readonly #failed = (error: unknown): void =>
    this.#ports.log.error("dashboard not told", { error });
}

function watches(seat: Seat, { topics }: Concern): boolean {
  return topics.some((topic) => seat.topics.has(topic));
}
