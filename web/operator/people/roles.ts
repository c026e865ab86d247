/**
 * The roles in words.
 *
 * @module
 */
import type { Role } from "../../../protocol/rest/contract.ts";

/** Each role's name, and a sentence on what a user with it may do. */
export const ROLES: Record<Role, { readonly label: string; readonly may: string }> = {
  admin: { label: "Administrator", may: "Sees every fleet, manages people, workers and access." },
  operator: { label: "Operator", may: "Runs a fleet: senders, streams, destinations, alerts." },
  viewer: { label: "Viewer", may: "Sees the inviter's fleet and changes nothing." },
};
