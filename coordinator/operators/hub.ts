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
export interface Dashboard {
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

interface Subscriptions {
  readonly topics: Set<Topic>;
  /** Topics whose snapshot is being read: changes that happen meanwhile are sent after it. */
  readonly loading: Set<Topic>;
  readonly missed: Map<string, Concern>;
  behind: boolean;
}

/** Sends snapshots and changes to all connected dashboards. */
export class OperatorHub implements Disposable {
  readonly #dashboards = new Map<Dashboard, Subscriptions>();
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
  join(dashboard: Dashboard): Disposable {
    this.#dashboards.set(dashboard, {
      topics: new Set(),
      loading: new Set(),
      missed: new Map(),
      behind: false,
    });
    return { [Symbol.dispose]: () => void this.#dashboards.delete(dashboard) };
  }

  get size(): number {
    return this.#dashboards.size;
  }

  /** The topics that a dashboard is subscribed to. */
  topicsOf(dashboard: Dashboard): Topic[] {
    return [...this.#dashboards.get(dashboard)?.topics ?? []];
  }

  /** Adds a topic and sends its snapshot. False when there is no such thing, or this user may not see it. */
  async subscribe(dashboard: Dashboard, topic: Topic): Promise<boolean> {
    const subscriptions = this.#dashboards.get(dashboard);
    if (!subscriptions) return false;
    subscriptions.topics.add(topic);
    const found = await this.#show(dashboard, subscriptions, topic);
    if (!found) subscriptions.topics.delete(topic);
    return found;
  }

  unsubscribe(dashboard: Dashboard, topic: Topic): void {
    this.#dashboards.get(dashboard)?.topics.delete(topic);
  }

  async #show(dashboard: Dashboard, subscriptions: Subscriptions, topic: Topic): Promise<boolean> {
    const { caller } = dashboard;
    if (!caller) return false;
    subscriptions.loading.add(topic);
    try {
      const parts = await this.#ports.topics.snapshot(topic, caller);
      for (const payload of parts ?? []) dashboard.send({ type: "snapshot", payload });
      return parts !== undefined;
    } finally {
      subscriptions.loading.delete(topic);
      if (subscriptions.loading.size === 0) {
        for (const concern of subscriptions.missed.values()) this.#mark(concern);
        subscriptions.missed.clear();
      }
    }
  }

  #received(event: FleetEvent): void {
    if (event.type === "logins_ended") return this.#signOut(event.loginIds);
    for (const concern of this.#ports.concerns(event)) this.#mark(concern);
  }

  #signOut(loginIds: readonly string[]): void {
    for (const dashboard of [...this.#dashboards.keys()]) {
      if (dashboard.caller && loginIds.includes(dashboard.caller.loginId)) dashboard.expel();
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
    for (const subscriptions of this.#dashboards.values()) subscriptions.behind = true;
  }

  /** Sends the slow changes with the others, and new snapshots to dashboards that have caught up. */
  #gather(): void {
    for (const [key, concern] of this.#slow) this.#dirty.set(key, concern);
    this.#slow = new Map();
    if (this.#dirty.size > 0) this.#flush();
    for (const [dashboard, subscriptions] of this.#dashboards) {
      if (!subscriptions.behind || dashboard.waiting > CAUGHT_UP_BELOW) continue;
      subscriptions.behind = false;
      for (const topic of subscriptions.topics) {
        this.#show(dashboard, subscriptions, topic).catch(this.#failed);
      }
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
    for (const [dashboard, subscriptions] of this.#dashboards) {
      const { caller } = dashboard;
      if (!caller || subscriptions.behind || !includes(subscriptions, concern)) continue;
      if (built.owner !== "everyone" && !sees(caller, built.owner)) continue;
      if (concern.topics.some((topic) => subscriptions.loading.has(topic))) {
        subscriptions.missed.set(concern.key, concern);
      } else if (dashboard.waiting > BEHIND_ABOVE) subscriptions.behind = true;
      else dashboard.send(built.message);
    }
  }

  #isWatched(concern: Concern): boolean {
    for (const subscriptions of this.#dashboards.values()) {
      if (includes(subscriptions, concern)) return true;
    }
    return false;
  }

  readonly #failed = (error: unknown): void =>
    this.#ports.log.error("dashboard not updated", { error });
}

function includes(subscriptions: Subscriptions, { topics }: Concern): boolean {
  return topics.some((topic) => subscriptions.topics.has(topic));
}
