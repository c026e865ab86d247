/**
 * The visits of players whose sockets are open. Whoever found no worker yet tries again when one comes.
 *
 * @module
 */
import type { PlayerWish, UserConnection } from "./sessions.ts";
import { Visit, type VisitPorts } from "./visit.ts";

export class Lobby {
  readonly #ports: VisitPorts;
  readonly #visits = new Set<Visit>();

  constructor(ports: VisitPorts) {
    this.#ports = ports;
  }

  /** A player's socket is open. `resume` is the token it got before, if any. */
  enter(
    connection: UserConnection,
    query: PlayerWish & { readonly resume?: string | undefined },
  ): Visit {
    const visit: Visit = new Visit(connection, {
      ...this.#ports,
      query,
      over: () => this.#visits.delete(visit),
    });
    this.#visits.add(visit);
    return visit;
  }

  /** A worker came: who seeks one tries again. */
  workerArrived(): void {
    for (const visit of [...this.#visits]) visit.seek();
  }

  /** What can be played changed: everybody inside hears what it is for them. */
  libraryChanged(): void {
    for (const visit of this.#visits) visit.tellLibrary();
  }
}
