/**
 * Every REST contract, by area: `api.senders.start`. The routes that the agent control protocol names
 * have exactly its paths. The OpenAPI document is generated from this list.
 *
 * @module
 */
import { auth, users } from "./accounts.ts";
import { tokens } from "./api_tokens.ts";
import type { Contract } from "./contract.ts";
import { devices } from "./devices.ts";
import { fleet } from "./fleet.ts";
import { presets } from "./presets.ts";
import { recordings } from "../recording/rest.ts";
import { secondFactor } from "./second_factor.ts";
import { senders } from "./senders.ts";
import { access, alerts, audit } from "./settings.ts";
import { signIn } from "./single_sign_on.ts";
import { destinations, streams } from "./streams.ts";

export { call } from "./contract.ts";

/** Every REST contract, by area. */
export const api = {
  auth,
  tokens,
  secondFactor,
  signIn,
  users,
  senders,
  devices,
  streams,
  destinations,
  presets,
  fleet,
  recordings,
  access,
  alerts,
  audit,
} satisfies Record<string, Record<string, Contract>>;
