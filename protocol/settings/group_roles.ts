/**
 * Reader of the setting that gives groups of a sign-in provider their roles.
 *
 * @module
 */
import type * as z from "zod/mini";
import { Role } from "../rest/contract.ts";
import { listOf } from "./values.ts";

/** The role that the members of a group have; the group `*` is everyone at the provider. */
export interface GroupRole {
  readonly group: string;
  readonly role: Role;
}

/** Groups and their roles, such as `farpad-admins=admin,crew=operator`. */
export const groupRoles: z.ZodMiniType<readonly GroupRole[], string> = listOf((item) => {
  const [, group, text] = /^(.+)=([a-z]+)$/.exec(item) ?? [];
  const role = Role.safeParse(text);
  if (group === undefined || !role.success) {
    const roles = Role.options.join(", ");
    return { fault: `each must be like group=role with one of ${roles}, and "${item}" is not` };
  }
  return { value: { group, role: role.data } };
});
