/**
 * Every REST contract, by area: `api.senders.start`. The routes of the agent control protocol are exactly its
 * own; the OpenAPI document is generated from here.
 *
 * @module
 */
import { auth, users } from "./accounts.ts";
import type { Contract } from "./contract.ts";
import { fleet } from "./fleet.ts";
import { senders } from "./senders.ts";
import { access, alerts, audit } from "./settings.ts";
import { destinations, streams } from "./streams.ts";

export { call } from "./contract.ts";

/** Every REST contract, by area. */
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
