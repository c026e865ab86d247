/**
 * Every REST contract, by area: `api.senders.start`. The routes of the agent control protocol are exactly its
 * own; the OpenAPI document is generated from here.
 *
 * @module
 */
import { auth, users } from "./rest/accounts.ts";
import type { Contract } from "./rest/contract.ts";
import { fleet } from "./rest/fleet.ts";
import { senders } from "./rest/senders.ts";
import { access, alerts, audit } from "./rest/settings.ts";
import { destinations, streams } from "./rest/streams.ts";

export { call } from "./rest/contract.ts";

export const api = {
  auth,
  users,
  senders,
  streams,
  destinations,
  fleet,
  access,
  alerts,
  audit,
} satisfies Record<string, Record<string, Contract>>;
