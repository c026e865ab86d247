/**
 * REST: users.
 *
 * @module
 */
import { users as contracts } from "../../../protocol/rest/accounts.ts";
import { ownerFilter } from "../../accounts/caller.ts";
import { userView } from "../../accounts/user_view.ts";
import type { PasswordReset } from "../../sign_in/password_reset.ts";
import type { Users } from "../../accounts/users.ts";
import type { Store } from "../../ports.ts";
import { pageOf } from "../../records/page.ts";
import { specOf } from "../../records/tables.ts";
import { isRefused } from "../../refusals.ts";
import type { Router } from "./router.ts";

/** What {@linkcode userRoutes} calls. */
export interface UserServices {
  readonly store: Store;
  readonly users: Users;
  readonly passwordReset: PasswordReset;
}

/** Adds the routes to list, change and remove users, and to reset their passwords. */
export function userRoutes(router: Router, { store, users, passwordReset }: UserServices): void {
  router.on(contracts.list, async ({ caller, query }) => {
    const table = { table: store.users, spec: specOf("users") };
    const page = await pageOf(table, { ...query, where: { owner_id: ownerFilter(caller) } });
    if (isRefused(page)) return page;
    const { rows, next } = page;
    return { items: rows.map(userView), ...(next === undefined ? {} : { next }) };
  });
  router.on(contracts.change, async ({ caller, params, body }) => {
    const user = await users.change(caller, params.id, body);
    return isRefused(user) ? user : userView(user);
  });
  router.on(contracts.resetLink, async ({ caller, params }) => {
    const link = await passwordReset.issue(caller, params.id);
    return isRefused(link) ? link : { path: link.path, expires_at: link.expiresAt };
  });
  router.on(contracts.remove, async ({ caller, params }) => {
    return await users.remove(caller, params.id) ?? { ok: true as const };
  });
}
