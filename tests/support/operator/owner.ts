/**
 * Who owns the made-up fleet, and looks at it.
 *
 * @module
 */
import { UserId } from "../../../protocol/ids.ts";
import type { User } from "../../../protocol/rest/accounts.ts";

export const OWNER = UserId.parse("usr_ada");

export const ADMIN: User = {
  user_id: OWNER,
  email: "ada@example.org",
  name: "Ada Lovelace",
  role: "admin",
  owner_id: OWNER,
  disabled: false,
  created_at: 1_790_000_000_000,
};
