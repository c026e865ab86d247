/**
 * Which connections may stay. A connection is new until its other end has proved who it is or has opened a player's
 * socket. Where a limit is reached, the newcomer takes the place of the new connection that waits longest.
 *
 * @module
 */
import { addressPrefix } from "./address_prefix.ts";

/** What the other end of a connection is, as far as it has shown. */
export type Standing = "new" | "player" | "known";

/** How many connections there may be. */
export interface PoolLimits {
  /** In total. */
  readonly total: number;
  /** Of `total`, how many no player may take: they are kept for operators, workers and agents. */
  readonly reserved: number;
  /** New ones from one IPv4 address or one IPv6 /64. */
  readonly newPerPrefix: number;
}

/** New connections from one prefix; a household that opens its pages at once takes a few dozen. */
const NEW_PER_PREFIX = 128;

/** The limits of a listener with this many connections in total. A quarter is kept. */
export function poolLimits(total: number): PoolLimits {
  return { total, reserved: Math.ceil(total / 4), newPerPrefix: NEW_PER_PREFIX };
}

interface Entry {
  readonly prefix: string;
  standing: Standing;
}

/** Whether a connection may stay, and which one has to go for it. */
export interface Entered<C> {
  readonly admitted: boolean;
  readonly displaced?: C;
}

/** The connections of one listener. */
export class ConnectionPool<C extends object> {
  readonly #entries = new Map<C, Entry>();
  /** New connections that wait for a request, and those that are busy with one; the longest first. */
  readonly #waiting = new Set<C>();
  readonly #busy = new Set<C>();
  readonly #newOf = new Map<string, Set<C>>();
  readonly #limits: PoolLimits;
  #total: number;
  #players = 0;

  constructor(limits: PoolLimits) {
    this.#limits = limits;
    this.#total = limits.total;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many there are of each standing. */
  count(standing: Standing): number {
    if (standing === "player") return this.#players;
    const fresh = this.#waiting.size + this.#busy.size;
    return standing === "new" ? fresh : this.#entries.size - fresh - this.#players;
  }

  /**
   * Takes in a connection of this address. `trusted`: it comes from a trusted proxy, which passes on many people's
   * requests from one address. The displaced connection has left the pool already.
   */
  enter(connection: C, { address, trusted }: { address: string; trusted: boolean }): Entered<C> {
    const prefix = addressPrefix(address);
    const same = this.#newOf.get(prefix);
    let displaced: C | undefined;
    if (!trusted && same && same.size >= this.#limits.newPerPrefix) {
      displaced = longest(same, this.#waiting);
    } else if (this.#entries.size >= this.#total) {
      displaced = first(this.#waiting) ?? first(this.#busy);
      if (!displaced) return { admitted: false };
    }
    if (displaced) this.leave(displaced);
    this.#entries.set(connection, { prefix, standing: "new" });
    this.#waiting.add(connection);
    const fresh = this.#newOf.get(prefix) ?? new Set();
    this.#newOf.set(prefix, fresh.add(connection));
    return displaced ? { admitted: true, displaced } : { admitted: true };
  }

  /** A request has come: the connection is busy. */
  busy(connection: C): void {
    if (this.#waiting.delete(connection)) this.#busy.add(connection);
  }

  /** The request is answered: the connection waits, as the last in the line. */
  waits(connection: C): void {
    if (this.#busy.delete(connection)) this.#waiting.add(connection);
  }

  /** The other end has shown what it is. False when there is no room for another player. */
  rise(connection: C, standing: "player" | "known"): boolean {
    const entry = this.#entries.get(connection);
    if (!entry || entry.standing === standing) return entry !== undefined;
    if (standing === "player" && this.#players >= this.#total - this.#limits.reserved) return false;
    this.#forgetNew(connection, entry);
    if (entry.standing === "player") this.#players -= 1;
    if (standing === "player") this.#players += 1;
    entry.standing = standing;
    return true;
  }

  /** The connection is closed. */
  leave(connection: C): void {
    const entry = this.#entries.get(connection);
    if (!entry) return;
    this.#entries.delete(connection);
    this.#forgetNew(connection, entry);
    if (entry.standing === "player") this.#players -= 1;
  }

  /** Ends what {@linkcode shrink} began. */
  restore(): void {
    this.#total = this.#limits.total;
  }

  /**
   * The process may open no more files: from now on there are `spare` connections fewer than there are at present,
   * so that files can be opened too. Returns the new connections that have to go; they have left the pool.
   */
  shrink(spare: number): C[] {
    this.#total = Math.max(1, Math.min(this.#total, this.#entries.size - spare));
    const gone: C[] = [];
    for (const set of [this.#waiting, this.#busy]) {
      for (const connection of set) {
        if (this.#entries.size <= this.#total) break;
        this.leave(connection);
        gone.push(connection);
      }
    }
    return gone;
  }

  #forgetNew(connection: C, { prefix }: Entry): void {
    this.#waiting.delete(connection);
    this.#busy.delete(connection);
    const same = this.#newOf.get(prefix);
    if (same?.delete(connection) && same.size === 0) this.#newOf.delete(prefix);
  }
}

function first<C>(set: ReadonlySet<C>): C | undefined {
  for (const each of set) return each;
  return undefined;
}

/** Of one address's connections, the longest that waits; else the longest that is busy. */
function longest<C>(same: ReadonlySet<C>, waiting: ReadonlySet<C>): C | undefined {
  for (const each of same) {
    if (waiting.has(each)) return each;
  }
  return first(same);
}
