/**
 * Making messages: the one place where a type and its payload are put into an envelope.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Refusal, refuse, stamp } from "../../protocol/envelope.ts";
import type { Random } from "../../protocol/random.ts";
import type { FromUser, ToUser } from "../../protocol/legs/user_leg.ts";
import type { ToWorker } from "../../protocol/legs/worker_leg.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
}

/** A message without its envelope; with `id` it answers or repeats the message of that id. */
export type Body<M> = M extends { type: infer T; payload: infer P }
  ? { readonly type: T; readonly payload: P; readonly id?: string }
  : never;

export function toUserMessage(ports: Ports, body: Body<ToUser>): ToUser {
  return { ...stamp(ports), ...body };
}

export function toWorkerMessage(ports: Ports, body: Body<ToWorker>): ToWorker {
  return { ...stamp(ports), ...body };
}

/** The player's requests that can be refused. */
export type Refusable = Exclude<FromUser, { type: "latency.check.response" | "page.closing" }>;

/** The refusal of an app that its worker cannot play; `cause` is the worker's word for it. */
export function unavailable(cause: string): Refusal {
  return { code: "app.unavailable", message: cause, detail: { cause } };
}

/** Why a player's request is not carried out. */
export function refusal(
  ports: Ports,
  { request, code, message, detail }: Refusal & { readonly request: Refusable },
): ToUser {
  const payload = refuse(code, message, detail);
  return { ...stamp(ports), id: request.id, type: `${request.type}.response`, payload };
}
