/**
 * REST: destinations, where workers send streams on to.
 *
 * @module
 */
import { destinations as contracts } from "../../../protocol/rest/streams.ts";
import { ownerFilter } from "../../accounts/caller.ts";
import type { Destinations } from "../../fleet/destinations.ts";
import type { Views } from "../../fleet/views.ts";
import type { Store } from "../../ports.ts";
import { pageOf } from "../../records/page.ts";
import { specOf } from "../../records/tables.ts";
import { isRefused } from "../../refusals.ts";
import type { Egress } from "../../streams/egress.ts";
import type { Router } from "./router.ts";

/** What {@linkcode destinationRoutes} calls. */
export interface DestinationServices {
  readonly store: Store;
  readonly views: Views;
  readonly destinations: Destinations;
  readonly egress: Egress;
}

/** Adds the routes to list, make, change and remove destinations. */
export function destinationRoutes(router: Router, services: DestinationServices): void {
  const { store, views, destinations, egress } = services;

  router.on(contracts.list, async ({ caller, query }) => {
    const table = { table: store.destinations, spec: specOf("destinations") };
    const page = await pageOf(table, { ...query, where: { owner_id: ownerFilter(caller) } });
    if (isRefused(page)) return page;
    const items = page.rows.map((row) => views.destination(row));
    return { items, ...(page.next === undefined ? {} : { next: page.next }) };
  });
  router.on(contracts.create, async ({ caller, body }) => {
    const row = await destinations.create(caller, body);
    return isRefused(row) ? row : views.destination(row);
  });
  router.on(contracts.change, async ({ caller, params, body }) => {
    const row = await destinations.change(caller, params.id, body);
    if (isRefused(row)) return row;
    void egress.changed(row.destination_id);
    return views.destination(row);
  });
  router.on(contracts.remove, async ({ caller, params }) => {
    return await destinations.remove(caller, params.id) ?? { ok: true as const };
  });
}
