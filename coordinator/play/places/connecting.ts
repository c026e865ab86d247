/**
 * Sessions by the network of their player: those that hold a place and have no media connection yet, and those that are
 * connected in advance. Where places are scarce, one network may hold only a few without media.
 *
 * @module
 */
import type { Session } from "../../domain/player_session.ts";
import { isConnecting, type SessionState } from "../../domain/session.ts";
import { addressPrefix } from "../../listen/address_prefix.ts";

/** Sessions of one network that may hold a place without media while places are scarce. */
export const FEW = 3;
/** Networks beyond which those without such a session are removed. */
const MANY_NETWORKS = 1_000;

/** The sessions in certain states, by the network of their player. */
export class SessionsByNetwork {
  readonly #byPrefix = new Map<string, Set<Session>>();
  readonly #counts: (state: SessionState) => boolean;

  /** `counts`: whether a session in this state counts. */
  constructor(counts: (state: SessionState) => boolean) {
    this.#counts = counts;
  }

  /** Adds a session of a player at this address. */
  add(session: Session, address: string): void {
    if (this.#byPrefix.size >= MANY_NETWORKS) {
      for (const prefix of [...this.#byPrefix.keys()]) this.#of(prefix);
    }
    const prefix = addressPrefix(address);
    this.#byPrefix.set(prefix, this.#of(prefix).add(session));
  }

  /** How many sessions of the network of this address count. */
  size(address: string): number {
    return this.#of(addressPrefix(address)).size;
  }

  #of(prefix: string): Set<Session> {
    const sessions = this.#byPrefix.get(prefix) ?? new Set();
    for (const session of sessions) {
      if (!this.#counts(session.state)) sessions.delete(session);
    }
    if (sessions.size === 0) this.#byPrefix.delete(prefix);
    return sessions;
  }
}

/** The sessions that are connecting. */
export class Connecting {
  readonly #sessions = new SessionsByNetwork(isConnecting);

  /** A session of a player at this address was given a place, or asked its worker for a new connection. */
  add(session: Session, address: string): void {
    this.#sessions.add(session, address);
  }

  /**
   * Whether the network of this address may hold one place more, with so many free ones. The last one is for another
   * network, or for a player whose network holds none.
   */
  admits(address: string, freePlaces: number): boolean {
    const size = this.#sessions.size(address);
    return size === 0 || freePlaces > FEW || (size < FEW && freePlaces > 1);
  }
}
