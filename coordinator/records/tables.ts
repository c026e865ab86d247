/**
 * All tables of the store, by name.
 *
 * @module
 */
import { accountTables } from "./accounts.ts";
import { fleetTables } from "./fleet.ts";
import type { TableSpec } from "./table.ts";

/** The description of each table. */
export const tables = { ...accountTables, ...fleetTables };

/** Row types by table. */
export type Tables = {
  [N in keyof typeof tables]: typeof tables[N] extends TableSpec<infer T> ? T : never;
};

/** The spec of one table, with its row type. */
export function specOf<N extends keyof Tables>(name: N): TableSpec<Tables[N]> {
  return tables[name] as unknown as TableSpec<Tables[N]>;
}
