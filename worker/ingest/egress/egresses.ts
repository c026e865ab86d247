/**
 * All destinations of one stream. Each has its own process, so a failure of one does not affect the others.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { EgressDestination, EgressStats } from "../../../protocol/field/ingest.ts";
import type { DestinationId } from "../../../protocol/ids.ts";
import type { Log } from "../../../protocol/log.ts";
import type { Random } from "../../../protocol/random.ts";
import { Egress } from "./egress.ts";
import type { StartEgress } from "./ports.ts";

/** The dependencies of the destinations of one stream. */
export interface EgressesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly start: StartEgress;
  /** Called with `on` when there is a destination, which needs packets, and with `off` when there is none. */
  readonly wanted: (state: "on" | "off") => void;
}

/** Sends one stream to its destinations. Disposing ends them all. */
export class Egresses implements Disposable {
  readonly #options: EgressesOptions;
  readonly #all = new Map<DestinationId, Egress>();

  constructor(options: EgressesOptions) {
    this.#options = options;
  }

  /** The state and the figures of each destination. */
  get stats(): EgressStats[] {
    return [...this.#all.values()].map(({ stats }) => stats);
  }

  /** Sends to these destinations and to no others. A destination that stays the same is not interrupted. */
  set(destinations: readonly EgressDestination[]): void {
    const wanted = new Map(destinations.map((each) => [each.destination_id, each]));
    for (const [id, egress] of this.#all) {
      const now = wanted.get(id);
      if (now && isSame(now, egress.destination)) continue;
      egress[Symbol.dispose]();
      this.#all.delete(id);
    }
    for (const destination of destinations) {
      if (this.#all.has(destination.destination_id)) continue;
      this.#all.set(destination.destination_id, new Egress({ ...this.#options, destination }));
    }
    this.#options.wanted(this.#all.size > 0 ? "on" : "off");
  }

  /** Sends transport packets to every destination. */
  send(packets: Uint8Array): void {
    for (const egress of this.#all.values()) egress.send(packets);
  }

  [Symbol.dispose](): void {
    for (const egress of this.#all.values()) egress[Symbol.dispose]();
    this.#all.clear();
  }
}

function isSame(a: EgressDestination, b: EgressDestination): boolean {
  return a.url === b.url && a.stream_key === b.stream_key && a.passphrase === b.passphrase;
}
