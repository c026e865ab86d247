/**
 * REST: the audit log.
 *
 * @module
 */
import { audit as contracts } from "../../../protocol/rest/settings.ts";
import { ownerFilter } from "../../accounts/caller.ts";
import type { Store } from "../../ports.ts";
import { pageOf } from "../../records/page.ts";
import { specOf } from "../../records/tables.ts";
import { isRefused } from "../../refusals.ts";
import type { Router } from "./router.ts";

/** What {@linkcode auditRoutes} calls. */
export interface AuditServices {
  readonly store: Store;
}

/** Adds the route that lists the audit log, newest first. */
export function auditRoutes(router: Router, { store }: AuditServices): void {
  router.on(contracts.list, async ({ caller, query }) => {
    const { action = "", target, limit, cursor } = query;
    const table = { table: store.audit, spec: specOf("audit") };
    const page = await pageOf(table, {
      ...{ limit, cursor, order: "desc" },
      where: { owner_id: ownerFilter(caller), target },
      keep: (row) => row.action.startsWith(action),
    });
    if (isRefused(page)) return page;
    return { items: [...page.rows], ...(page.next === undefined ? {} : { next: page.next }) };
  });
}
