/**
 * Who may connect to a room, and when. A handshake takes as long as hundreds of packets, so a few connect at once and
 * the others wait for their turn: those who hold a seat first, then hosts, then those who may play, each in the order in
 * which they came. Nobody waits in a room that has no place for them: they are refused at once.
 *
 * @module
 */
import type { Clock, Millis } from "../../../protocol/clock.ts";
import type { Refusal } from "../../../protocol/envelope.ts";
import { MAX_SEATS, type SessionId } from "../../../protocol/ids.ts";

/** What a session is in its room, the first to connect first. */
export const RANKS = ["seated", "host", "player", "watcher"] as const;
/** What a session is in its room; a host that holds a seat is `seated`. */
export type Rank = typeof RANKS[number];

/**
 * Most viewers of a room, connected or not, beyond which none of a rank is added. More would take the time that those
 * who are there need. Watchers leave places to players, and a host comes in to send somebody out, and
 * whoever holds a seat comes back to it.
 */
export const PLACES: Readonly<Record<Rank, number>> = {
  seated: 64 + 2 + MAX_SEATS,
  host: 64 + 2,
  player: 64,
  watcher: 56,
};
/** Most viewers that connect at once. */
export const MAX_CONNECTING = 6;
/** How long a viewer counts as connecting, in milliseconds: one that does not answer holds nobody up for longer. */
export const CONNECTING_FOR = 3_000;
/** The longest wait for a turn, in milliseconds: a page waits 10 s for its offer. */
export const LONGEST_WAIT = 5_000;

const FULL: Refusal = {
  code: "room.full",
  message: "Cannot connect: the room has as many people as it can serve",
};
/** The refusal of those that do not wait. */
export const BUSY: Refusal = {
  code: "room.no_capacity",
  message: "Cannot connect: as many as this room can serve at once are connecting",
};
/** The refusal of those whose turn did not come in time. */
const CROWDED: Refusal = {
  code: "room.crowded",
  message: "Cannot connect: so many connect to this room that the turn did not come in time",
};

/** A session that asks for a connection. */
export interface Join {
  readonly session: SessionId;
  readonly rank: Rank;
  /** Its turn has come. */
  begin(): void;
  refuse(refusal: Refusal): void;
}

/** The viewers of a room at this moment. */
export interface Crowd {
  /** All of them. */
  readonly size: number;
  /** Those that are not connected and were begun less than {@linkcode CONNECTING_FOR} ago. */
  readonly connecting: number;
}

/** The sessions that wait for their turn to connect to one room. */
export class Admission {
  readonly #clock: Pick<Clock, "now">;
  readonly #crowd: () => Crowd;
  readonly #waiting = new Map<SessionId, { readonly join: Join; readonly since: Millis }>();

  constructor(clock: Pick<Clock, "now">, crowd: () => Crowd) {
    this.#clock = clock;
    this.#crowd = crowd;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Begins a session at once or in its turn, or refuses it. One that waits already keeps its turn. */
  ask(join: Join): void {
    const { session, rank } = join;
    const since = this.#waiting.get(session)?.since;
    const ahead = [...this.#waiting.values()]
      .filter(({ join: other }) => other.session !== session && !isBehind(other.rank, rank));
    if (this.#crowd().size + ahead.length >= PLACES[rank]) {
      this.#waiting.delete(session);
      return join.refuse(FULL);
    }
    this.#waiting.set(session, { join, since: since ?? this.#clock.now() });
    this.next();
  }

  /** What `begin` gives once the turn of a session has come, or the refusal. One that leaves before gets neither. */
  turn<T>(
    { session, rank }: Pick<Join, "session" | "rank">,
    begin: () => T | Promise<T>,
  ): Promise<T | Refusal> {
    const { promise, resolve } = Promise.withResolvers<T | Refusal>();
    this.ask({ session, rank, begin: () => resolve(begin()), refuse: resolve });
    return promise;
  }

  /** Whether one of this rank could connect at once. */
  isOpen(rank: Rank): boolean {
    return this.#waiting.size === 0 && this.#hasRoom(rank);
  }

  /** Begins those for whom there is room, and refuses those who waited too long. Call it when a viewer changes. */
  next(): void {
    for (const { join } of this.#inTurn()) {
      if (!this.#hasRoom(join.rank)) continue;
      this.#waiting.delete(join.session);
      join.begin();
    }
    const since = this.#clock.now() - LONGEST_WAIT;
    for (const { join, since: came } of [...this.#waiting.values()]) {
      if (came > since) continue;
      this.#waiting.delete(join.session);
      join.refuse(this.#crowd().size >= PLACES[join.rank] ? FULL : CROWDED);
    }
  }

  /** A session has left. */
  leave(session: SessionId): void {
    this.#waiting.delete(session);
  }

  #hasRoom(rank: Rank): boolean {
    const { size, connecting } = this.#crowd();
    return size < PLACES[rank] && connecting < MAX_CONNECTING;
  }

  #inTurn() {
    const all = [...this.#waiting.values()];
    return RANKS.flatMap((rank) => all.filter(({ join }) => join.rank === rank));
  }
}

function isBehind(rank: Rank, other: Rank): boolean {
  return RANKS.indexOf(rank) > RANKS.indexOf(other);
}
