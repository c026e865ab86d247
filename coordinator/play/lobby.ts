/**
 * The visits of players whose sockets are open. Whoever found no worker yet tries again when one comes.
 *
 * @module
 */
import type { PlayerWish, UserConnection } from "./sessions.ts";
import { Arrival, type ArrivalPorts } from "./arrival.ts";

export class Lobby {
  readonly #ports: ArrivalPorts;
  readonly #arrivals = new Set<Arrival>();

  constructor(ports: ArrivalPorts) {
    this.#ports = ports;
  }

  /** A player's socket is open. `resume` is the token it got before, if any. */
  enter(
    connection: UserConnection,
    query: PlayerWish & { readonly resume?: string | undefined },
  ): Arrival {
    const arrival: Arrival = new Arrival(connection, {
      ...this.#ports,
      query,
      over: () => this.#arrivals.delete(arrival),
    });
    this.#arrivals.add(arrival);
    return arrival;
  }

  /** A worker came: who seeks one tries again. */
  workerArrived(): void {
    for (const arrival of [...this.#arrivals]) arrival.seek();
  }

  /** What can be played changed: everybody inside hears what it is for them. */
  libraryChanged(): void {
    for (const arrival of this.#arrivals) arrival.sendLibrary();
  }
}
