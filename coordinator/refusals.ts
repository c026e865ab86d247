/**
 * Every way in which a request of an operator, a device or a player is turned down, and its HTTP status.
 *
 * @module
 */
import type { Refusal } from "../protocol/envelope.ts";
import type { RefusalCode } from "../protocol/legs/refusals.ts";

const STATUS = {
  bad_request: 400,
  url_forbidden: 400,
  unauthenticated: 401,
  credentials_wrong: 401,
  token_wrong: 401,
  token_used: 401,
  token_expired: 401,
  forbidden: 403,
  access: 403,
  not_found: 404,
  conflict: 409,
  email_taken: 409,
  in_use: 409,
  sender_offline: 409,
  sender_busy: 409,
  sender_not_enrolled: 409,
  not_streaming: 409,
  agent_refused: 409,
  too_large: 413,
  rate: 429,
  internal: 500,
  worker_refused: 502,
  busy: 503,
  storage: 503,
  no_receiver: 503,
  no_ports: 503,
  agent_no_answer: 504,
  worker_no_answer: 504,
} as const satisfies Partial<Record<RefusalCode, number>>;
/** The codes that have an HTTP status. */
export type RestRefusalCode = keyof typeof STATUS;

/** A request that was turned down: why, and as which HTTP status. */
export interface Refused {
  readonly status: number;
  readonly refusal: Refusal;
}

export function refused(code: RestRefusalCode, message: string): Refused {
  return { status: STATUS[code], refusal: { code, message } };
}

/** The answer for what is not there, and equally for what another one owns. */
export function notFound(what: string, id: string): Refused {
  return refused("not_found", `Cannot find ${what} ${id}`);
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === "object" && value !== null && "refusal" in value && "status" in value;
}
