/**
 * Keeps the last minutes of every active stream in memory, and writes them to the store when the stream ends. A restart
 * of the coordinator loses those of streams that go on; theirs begin again.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import type { StreamId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { StreamTrail } from "../../protocol/field/trail.ts";
import { Trail } from "../domain/trail.ts";
import type { FleetEvent } from "../fleet/events.ts";
import { lossOf } from "../fleet/live.ts";
import type { Bus, Store } from "../ports.ts";
import type { StreamRegistry } from "./stream_registry.ts";

/** The dependencies of {@linkcode Trails}. */
export interface TrailPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly bus: Bus<FleetEvent>;
  readonly registry: Pick<StreamRegistry, "get">;
}

/** The last minutes of streams, until disposed. */
export class Trails implements Disposable {
  readonly #ports: TrailPorts;
  readonly #active = new Map<StreamId, Trail>();
  readonly #following: Disposable;

  constructor(ports: TrailPorts) {
    this.#ports = ports;
    this.#following = ports.bus.subscribe((event) => this.#take(event));
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
  }

  /**
   * The last minutes of a stream, active or ended; `undefined` when none are kept.
   *
   * @throws {StoreFault} when the store cannot be read
   */
  async read(id: StreamId): Promise<StreamTrail | undefined> {
    const active = this.#active.get(id);
    return active ? active.read() : (await this.#ports.store.trails.get(id))?.trail;
  }

  #take(event: FleetEvent): void {
    if (event.type !== "stats" && event.type !== "stream") return;
    const isActive = this.#ports.registry.get(event.streamId) !== undefined;
    if (event.type === "stream") return isActive ? undefined : this.#ended(event.streamId);
    if (!isActive) return;
    const trail = this.#active.get(event.streamId) ?? new Trail();
    this.#active.set(event.streamId, trail);
    const { at, sent, received } = event;
    if (sent) trail.sent(sent, at);
    if (received) {
      const links = received.links.map(({ loss_rate, bitrate_kbps }) => ({
        loss_rate,
        observed_bps: bitrate_kbps,
      }));
      trail.received(received, { at, loss: lossOf(links) });
    }
  }

  #ended(id: StreamId): void {
    const trail = this.#active.get(id)?.read();
    this.#active.delete(id);
    if (!trail) return;
    const { clock, log, store } = this.#ports;
    store.trails.insert({ stream_id: id, ended_at: clock.epoch(), trail }).catch((error) =>
      log.error("last minutes of a stream not written", { stream: id, error })
    );
  }
}
