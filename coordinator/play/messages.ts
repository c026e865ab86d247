/**
 * Puts a type and its payload into an envelope, for messages to players and workers.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { type Refusal, refuse, stamp } from "../../protocol/envelope.ts";
import type { AppId, RoomId } from "../../protocol/ids.ts";
import type { Random } from "../../protocol/random.ts";
import type { FromUser, ToUser } from "../../protocol/legs/user_leg.ts";
import type { ToWorker } from "../../protocol/legs/worker_leg.ts";

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
}

/** A message without its envelope. With `id` it answers, or passes on, the message of that id. */
export type Body<M> = M extends { type: infer T; payload: infer P }
  ? { readonly type: T; readonly payload: P; readonly id?: string }
  : never;

/** A message to a player, with a new id unless `body` has one. */
export function toUserMessage(ports: Ports, body: Body<ToUser>): ToUser {
  return { ...stamp(ports), ...body };
}

/** A message to a worker, with a new id unless `body` has one. */
export function toWorkerMessage(ports: Ports, body: Body<ToWorker>): ToWorker {
  return { ...stamp(ports), ...body };
}

/** What a page sends without an answer, also before it has a session. */
export type Unanswered =
  | "latency.check.response"
  | "page.closing"
  | "page.hidden"
  | "session.figures";

/** A request of a player that can be refused. */
export type Refusable = Exclude<FromUser, { type: Unanswered }>;

/** The refusal of an app that its worker cannot play. `cause` is the text that the worker gave. */
export function unavailable(cause: string): Refusal {
  return { code: "app.unavailable", message: cause, detail: { cause } };
}

/** The refusal of a room that the player's pass does not open. */
export function forbiddenRoom(room: RoomId): Refusal {
  const message = `Room ${room} belongs to somebody else: ask that person for a share link`;
  return { code: "room.forbidden", message };
}

/** The refusal of an app that the player's pass does not open. */
export function forbiddenApp(app_id: AppId): Refusal {
  const message = `This session may not start "${app_id}": sign in, or ask for a share link`;
  return { code: "app.forbidden", message, detail: { app_id } };
}

/** The response that refuses a player's request. */
export function refusal(
  ports: Ports,
  { request, code, message, detail }: Refusal & { readonly request: Refusable },
): ToUser {
  const payload = refuse(code, message, detail);
  return { ...stamp(ports), id: request.id, type: `${request.type}.response`, payload };
}
