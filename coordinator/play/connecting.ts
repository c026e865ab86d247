/**
 * The sessions that hold a place and have no media connection yet, by the network of their player. Where places are
 * scarce, one network may hold only a few of them.
 *
 * @module
 */
import { isConnecting } from "../domain/session.ts";
import { addressPrefix } from "../listen/address_prefix.ts";
import type { Session } from "./sessions.ts";

/** Sessions of one network that may hold a place without media while places are scarce. */
export const FEW = 3;
/** Networks beyond which those without such a session are removed. */
const MANY_NETWORKS = 1_000;

/** The sessions that are connecting. */
export class Connecting {
  readonly #byPrefix = new Map<string, Set<Session>>();

  /** A session of a player at this address was given a place, or asked its worker for a new connection. */
  add(session: Session, address: string): void {
    if (this.#byPrefix.size >= MANY_NETWORKS) {
      for (const prefix of [...this.#byPrefix.keys()]) this.#of(prefix);
    }
    const prefix = addressPrefix(address);
    this.#byPrefix.set(prefix, this.#of(prefix).add(session));
  }

  /**
   * Whether the network of this address may hold one place more, with so many free ones. The last one is for another
   * network, or for a player whose network holds none.
   */
  admits(address: string, freePlaces: number): boolean {
    const { size } = this.#of(addressPrefix(address));
    return size === 0 || freePlaces > FEW || (size < FEW && freePlaces > 1);
  }

  /** The sessions of a network that are still connecting. */
  #of(prefix: string): Set<Session> {
    const sessions = this.#byPrefix.get(prefix) ?? new Set();
    for (const session of sessions) {
      if (!isConnecting(session.state)) sessions.delete(session);
    }
    if (sessions.size === 0) this.#byPrefix.delete(prefix);
    return sessions;
  }
}
