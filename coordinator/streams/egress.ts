/**
 * Keeps running streams going where their destinations say now.
 *
 * @module
 */
import type { DestinationId } from "../../protocol/ids.ts";
import type { Log } from "../../protocol/log.ts";
import type { Destinations } from "../fleet/destinations.ts";
import { isRefused } from "../refusals.ts";
import type { Receivers } from "./receivers.ts";
import type { StreamBooks } from "./stream_books.ts";

export type Egress = ReturnType<typeof createEgress>;

export function createEgress(
  { books, destinations, receivers, log }: {
    books: StreamBooks;
    destinations: Destinations;
    receivers: Receivers;
    log: Log;
  },
) {
  return {
    /** A destination was changed: tells every worker that sends there. */
    async changed(id: DestinationId): Promise<void> {
      for (const row of books.all()) {
        if (!row.destinations.includes(id) || !row.worker_id) continue;
        const targets = await destinations.targets(row.owner_id, row.destinations);
        const fault = isRefused(targets)
          ? targets
          : await receivers.update(row.worker_id, row.stream_id, targets);
        if (!fault) continue;
        const { message } = fault.refusal;
        log.warn("destination not changed at the worker", { stream: row.stream_id, message });
      }
    },
  };
}
