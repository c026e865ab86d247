/**
 * All destinations of one stream, each by itself: one that fails is no matter to the others.
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

export interface EgressesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly start: StartEgress;
  /** Whether packets are wanted from now on. */
  readonly wanted: (state: "on" | "off") => void;
}

export class Egresses implements Disposable {
  readonly #options: EgressesOptions;
  readonly #all = new Map<DestinationId, Egress>();

  constructor(options: EgressesOptions) {
    this.#options = options;
  }

  get stats(): EgressStats[] {
    return [...this.#all.values()].map(({ stats }) => stats);
  }

  /** These and no others; one that stays the same goes on undisturbed. */
  set(targets: readonly EgressDestination[]): void {
    const urls = new Map(targets.map(({ destination_id, url }) => [destination_id, url]));
    for (const [id, egress] of this.#all) {
      if (urls.get(id) === egress.url) continue;
      egress[Symbol.dispose]();
      this.#all.delete(id);
    }
    for (const target of targets) {
      if (this.#all.has(target.destination_id)) continue;
      this.#all.set(target.destination_id, new Egress({ ...this.#options, target }));
    }
    this.#options.wanted(this.#all.size > 0 ? "on" : "off");
  }

  send(packets: Uint8Array): void {
    for (const egress of this.#all.values()) egress.send(packets);
  }

  [Symbol.dispose](): void {
    for (const egress of this.#all.values()) egress[Symbol.dispose]();
    this.#all.clear();
  }
}
