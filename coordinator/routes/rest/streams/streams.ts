/**
 * REST: streams, running and past, their last minutes, and their destinations while they run.
 *
 * @module
 */
import { streams as contracts } from "../../../../protocol/rest/streams.ts";
import { ownerFilter, sees } from "../../../accounts/caller.ts";
import type { Views } from "../../../fleet/views.ts";
import type { Store } from "../../../ports.ts";
import { pageOf } from "../../../records/page.ts";
import { specOf } from "../../../records/tables.ts";
import { isRefused, notFound } from "../../../refusals.ts";
import type { Egress } from "../../../streams/egress.ts";
import type { StreamRegistry } from "../../../streams/stream_registry.ts";
import type { Trails } from "../../../streams/trails.ts";
import type { Router } from "../router.ts";

/** What {@linkcode streamRoutes} calls. */
export interface StreamServices {
  readonly store: Store;
  readonly views: Views;
  readonly registry: StreamRegistry;
  readonly trails: Pick<Trails, "read">;
  readonly egress: Pick<Egress, "add" | "remove">;
}

const ACTIVE = { active: "1", ended: "0", all: undefined } as const;

/** Adds the routes that list streams and show one. */
export function streamRoutes(
  router: Router,
  { store, views, registry, trails, egress }: StreamServices,
): void {
  router.on(contracts.list, async ({ caller, query }) => {
    const { state, sender_id, limit, cursor } = query;
    const table = { table: store.streams, spec: specOf("streams") };
    const page = await pageOf(table, {
      ...{ limit, cursor, order: "desc" },
      where: { owner_id: ownerFilter(caller), sender_id, active: ACTIVE[state] },
    });
    if (isRefused(page)) return page;
    const items = page.rows.map((row) => views.stream(registry.get(row.stream_id) ?? row));
    return { items, ...(page.next === undefined ? {} : { next: page.next }) };
  });
  router.on(contracts.get, async ({ caller, params }) => {
    const row = registry.get(params.id) ?? await store.streams.get(params.id);
    if (!row || !sees(caller, row.owner_id)) return notFound("stream", params.id);
    return { ...views.stream(row), ...views.streamLive(row.stream_id) };
  });
  router.on(contracts.trail, async ({ caller, params }) => {
    const row = registry.get(params.id) ?? await store.streams.get(params.id);
    if (!row || !sees(caller, row.owner_id)) return notFound("stream", params.id);
    const trail = await trails.read(params.id);
    return trail ? { trail } : {};
  });
  router.on(contracts.addDestination, async ({ caller, params }) => {
    const row = await egress.add(caller, params.id, params.destination_id);
    return isRefused(row) ? row : views.stream(row);
  });
  router.on(contracts.removeDestination, async ({ caller, params }) => {
    const row = await egress.remove(caller, params.id, params.destination_id);
    return isRefused(row) ? row : views.stream(row);
  });
}
