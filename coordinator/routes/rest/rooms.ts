/**
 * REST: rooms as operators see them.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { stamp } from "../../../protocol/envelope.ts";
import type { StreamId } from "../../../protocol/ids.ts";
import type { Random } from "../../../protocol/random.ts";
import { fleet as contracts } from "../../../protocol/rest/fleet.ts";
import type { Audit } from "../../accounts/audit.ts";
import { type Caller, sees } from "../../accounts/caller.ts";
import type { Rights } from "../../play/rights.ts";
import type { ViewersFigures } from "../../fleet/viewer_figures.ts";
import type { Views } from "../../fleet/views.ts";
import { byId, listAnswer, pageInMemory } from "../../records/page.ts";
import { notFound, refused } from "../../refusals.ts";
import type { StreamRegistry } from "../../streams/stream_registry.ts";
import type { Workers } from "../../workers.ts";
import type { Router } from "./router.ts";

/** What {@linkcode roomRoutes} calls. */
export interface RoomServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly rights: Rights;
  readonly views: Views;
  readonly figures: ViewersFigures;
  readonly audit: Audit;
}

/** Adds the routes that list rooms and close one. */
export function roomRoutes(router: Router, services: RoomServices): void {
  const { workers, rights, views, figures, audit } = services;

  router.on(contracts.rooms, ({ caller, query }) => {
    const rooms = workers.views().flatMap(({ rooms }) => rooms)
      .filter((room) => sees(caller, rights.fleetOf(room)));
    const page = pageInMemory(rooms, { ...query, position: ({ room_id }) => byId(room_id) });
    return listAnswer(page, (room) => views.room(room));
  });
  router.on(contracts.roomViewers, ({ caller, params }) => {
    const found = workers.room(params.id);
    if (!found || !sees(caller, rights.fleetOf(found))) return notFound("room", params.id);
    return { viewers: figures.ofRoom(found) };
  });
  router.on(contracts.closeRoom, ({ caller, params }) => {
    const found = workers.room(params.id);
    const room = found && views.room(found);
    if (!found || !room || !sees(caller, rights.fleetOf(found))) return notFound("room", params.id);
    if (room.stream_id) {
      return refused("conflict", `Cannot close ${room.title}: it shows a stream. Stop the stream`);
    }
    const payload = { room_id: room.room_id, reason: "operator" as const };
    if (!workers.send(room.worker_id, { ...stamp(services), type: "room.close", payload })) {
      return refused("worker_no_answer", `Cannot close ${room.title}: its worker is not connected`);
    }
    audit.record({ action: "room.close", by: caller, target: params.id, detail: room.title });
    return { ok: true as const };
  });
}

/** Whether a caller may see a lease. If it belongs to a running stream, the caller must see the stream. */
export function seesStream(
  caller: Caller,
  registry: StreamRegistry,
  streamId: StreamId | undefined,
): boolean {
  const row = streamId && registry.get(streamId);
  return !row || sees(caller, row.owner_id);
}
