/**
 * The refusals of requests of operators, devices and players, and the HTTP status of each.
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
  code_needed: 401,
  code_wrong: 401,
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

/** A refusal of a request, and its HTTP status. */
export interface Refused {
  readonly status: number;
  readonly refusal: Refusal;
  /** When it may be tried again, in seconds. */
  readonly retryAfter?: number;
}

/** A refusal with the status of its code. `message` is a sentence for people. */
export function refused(
  code: RestRefusalCode,
  message: string,
  more: Pick<Refused, "retryAfter"> = {},
): Refused {
  return { status: STATUS[code], refusal: { code, message }, ...more };
}

/** The refusal for a thing that does not exist, or that another owner has: both get the same answer. */
export function notFound(what: string, id: string): Refused {
  return refused("not_found", `Cannot find ${what} ${id}`);
}

/** Whether a value is a refusal. */
export function isRefused(value: unknown): value is Refused {
  return typeof value === "object" && value !== null && "refusal" in value && "status" in value;
}
