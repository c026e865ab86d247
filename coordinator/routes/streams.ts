/**
 * REST: streams, running and past, and where they are sent on to.
 *
 * @module
 */
import { destinations as places, streams as contracts } from "../../protocol/rest/streams.ts";
import { ownerFilter, sees } from "../accounts/caller.ts";
import type { Destinations } from "../fleet/destinations.ts";
import type { Views } from "../fleet/views.ts";
import type { Store } from "../ports.ts";
import { pageOf } from "../records/page.ts";
import { specOf } from "../records/tables.ts";
import { isRefused, notFound } from "../refusals.ts";
import type { Egress } from "../streams/egress.ts";
import type { StreamBooks } from "../streams/stream_books.ts";
import type { Router } from "./mount.ts";

export interface StreamServices {
  readonly store: Store;
  readonly views: Views;
  readonly books: StreamBooks;
  readonly destinations: Destinations;
  readonly egress: Egress;
}

const ACTIVE = { active: "1", ended: "0", all: undefined } as const;

export function streamRoutes(router: Router, services: StreamServices): void {
  const { store, views, books, destinations } = services;

  router.on(contracts.list, async ({ caller, query }) => {
    const { state, sender_id, limit, cursor } = query;
    const table = { table: store.streams, spec: specOf("streams") };
    const page = await pageOf(table, {
      ...{ limit, cursor, order: "desc" },
      where: { owner_id: ownerFilter(caller), sender_id, active: ACTIVE[state] },
    });
    if (isRefused(page)) return page;
    const items = page.rows.map((row) => views.stream(books.get(row.stream_id) ?? row));
    return { items, ...(page.next === undefined ? {} : { next: page.next }) };
  });
  router.on(contracts.get, async ({ caller, params }) => {
    const row = books.get(params.id) ?? await store.streams.get(params.id);
    if (!row || !sees(caller, row.owner_id)) return notFound("stream", params.id);
    return { ...views.stream(row), ...views.streamLive(row.stream_id) };
  });

  router.on(places.list, async ({ caller, query }) => {
    const table = { table: store.destinations, spec: specOf("destinations") };
    const page = await pageOf(table, { ...query, where: { owner_id: ownerFilter(caller) } });
    if (isRefused(page)) return page;
    const items = page.rows.map((row) => views.destination(row));
    return { items, ...(page.next === undefined ? {} : { next: page.next }) };
  });
  router.on(places.create, async ({ caller, body }) => {
    const row = await destinations.create(caller, body);
    return isRefused(row) ? row : views.destination(row);
  });
  router.on(places.change, async ({ caller, params, body }) => {
    const row = await destinations.change(caller, params.id, body);
    if (isRefused(row)) return row;
    void services.egress.changed(row.destination_id);
    return views.destination(row);
  });
  router.on(places.remove, async ({ caller, params }) => {
    return await destinations.remove(caller, params.id) ?? { ok: true as const };
  });
}
