/**
 * Sends a changed destination to the workers that send streams to it.
 *
 * @module
 */
import type { DestinationId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Destinations } from "../fleet/destinations.ts";
import { isRefused } from "../refusals.ts";
import type { Receivers } from "./receivers.ts";
import type { StreamRegistry } from "./stream_registry.ts";

/** Updates destinations at the workers. */
export type Egress = ReturnType<typeof createEgress>;

/** Creates the service that updates destinations at the workers. */
export function createEgress(
  { registry, destinations, receivers, log }: {
    registry: StreamRegistry;
    destinations: Destinations;
    receivers: Receivers;
    log: Log;
  },
) {
  return {
    /** Sends the destination's new address to every worker that sends a stream there. */
    async changed(id: DestinationId): Promise<void> {
      for (const row of registry.all()) {
        if (!row.destinations.includes(id) || !row.worker_id) continue;
        const onward = await destinations.forWorker(row.owner_id, row.destinations);
        const fault = isRefused(onward)
          ? onward
          : await receivers.update(row.worker_id, row.stream_id, onward);
        if (!fault) continue;
        const { message } = fault.refusal;
        log.warn("destination not changed at the worker", { stream: row.stream_id, message });
      }
    },
  };
}
