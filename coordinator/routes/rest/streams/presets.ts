/**
 * REST: presets of starts.
 *
 * @module
 */
import { presets as contracts } from "../../../../protocol/rest/presets.ts";
import { ownerFilter } from "../../../accounts/caller.ts";
import type { Store } from "../../../ports.ts";
import { pageOf } from "../../../records/page.ts";
import { specOf } from "../../../records/tables.ts";
import { isRefused } from "../../../refusals.ts";
import type { Presets } from "../../../streams/presets.ts";
import type { Router } from "../router.ts";

/** Adds the routes to list, save and remove presets. */
export function presetRoutes(
  router: Router,
  { store, presets }: { readonly store: Store; readonly presets: Presets },
): void {
  router.on(contracts.list, async ({ caller, query }) => {
    const table = { table: store.presets, spec: specOf("presets") };
    const page = await pageOf(table, { ...query, where: { owner_id: ownerFilter(caller) } });
    if (isRefused(page)) return page;
    return { items: [...page.rows], ...(page.next === undefined ? {} : { next: page.next }) };
  });
  router.on(contracts.save, async ({ caller, body }) => await presets.save(caller, body));
  router.on(contracts.remove, async ({ caller, params }) => {
    return await presets.remove(caller, params.id) ?? { ok: true as const };
  });
}
