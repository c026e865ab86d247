/**
 * The arrivals of all players whose sockets are open. An arrival without a worker looks again when a worker connects.
 *
 * @module
 */
import type { Pass } from "../domain/pass.ts";
import type { PlayerWish, UserConnection } from "../domain/player_session.ts";
import { Arrival, type ArrivalPorts } from "./arrival.ts";

/** What {@linkcode Lobby} is made of. */
export interface LobbyPorts extends ArrivalPorts {
  /** A player came in. */
  readonly entered: (player: Arrival) => void;
}

/** The open arrivals. */
export class Lobby {
  readonly #ports: LobbyPorts;
  readonly #arrivals = new Set<Arrival>();

  constructor(ports: LobbyPorts) {
    this.#ports = ports;
  }

  /** Starts the arrival of a player whose socket opened. `resume` is the resume token of an earlier session. */
  enter(
    connection: UserConnection,
    { query, pass }: {
      readonly query: PlayerWish & { readonly resume?: string | undefined };
      readonly pass: Pass;
    },
  ): Arrival {
    const arrival: Arrival = new Arrival(connection, {
      ...this.#ports,
      query,
      pass,
      over: () => this.#arrivals.delete(arrival),
    });
    this.#arrivals.add(arrival);
    this.#ports.entered(arrival);
    return arrival;
  }

  /** The players whose sockets are open. */
  get players(): readonly Arrival[] {
    return [...this.#arrivals];
  }

  /** Lets every arrival that has no worker look again, because a worker connected. */
  workerArrived(): void {
    for (const arrival of [...this.#arrivals]) arrival.seek();
  }

  /** Sends each player in a session its library, if that changed. */
  libraryChanged(): void {
    for (const arrival of this.#arrivals) arrival.sendLibrary();
  }
}
