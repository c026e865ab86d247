/**
 * REST: machines and rooms as operators see them.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { stamp } from "../../protocol/envelope.ts";
import type { Random } from "../../protocol/random.ts";
import { fleet as contracts } from "../../protocol/rest/fleet.ts";
import type { Audit } from "../accounts/audit.ts";
import { sees } from "../accounts/caller.ts";
import type { Caller } from "../accounts/caller.ts";
import type { Views } from "../fleet/views.ts";
import { notFound, refused } from "../refusals.ts";
import type { StreamBooks } from "../streams/stream_books.ts";
import type { Workers } from "../workers.ts";
import type { Router } from "./mount.ts";

export interface FleetServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly workers: Workers;
  readonly books: StreamBooks;
  readonly views: Views;
  readonly audit: Audit;
}

export function fleetRoutes(router: Router, services: FleetServices): void {
  const { workers, books, views, audit } = services;

  function visible(caller: Caller, streamId: Parameters<typeof books.get>[0] | undefined): boolean {
    const row = streamId && books.get(streamId);
    return !row || sees(caller, row.owner_id);
  }

  router.on(contracts.workers, () => ({
    items: workers.views().map((view) => views.worker(view)),
  }));
  router.on(contracts.drain, ({ caller, params, body }) => {
    const known = workers.views().find(({ hello }) => hello.worker_id === params.id);
    if (!known) return notFound("worker", params.id);
    if (!workers.drain(params.id, body.deadline_ms)) {
      return refused("worker_no_answer", `Cannot drain ${known.hello.name}: it is not connected`);
    }
    audit.record({ action: "worker.drain", by: caller, target: params.id });
    const after = workers.views().find(({ hello }) => hello.worker_id === params.id);
    return views.worker(after ?? known);
  });
  router.on(contracts.rooms, ({ caller }) => ({
    items: workers.views().flatMap(({ rooms }) => rooms).map((room) => views.room(room))
      .filter(({ stream_id }) => visible(caller, stream_id)),
  }));
  router.on(contracts.closeRoom, ({ caller, params }) => {
    const found = workers.room(params.id);
    const room = found && views.room(found);
    if (!room || !visible(caller, room.stream_id)) return notFound("room", params.id);
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
  router.on(contracts.ingest, ({ caller }) => ({
    items: workers.views().flatMap((view) => views.ingest(view) ?? []).map((entry) => ({
      ...entry,
      leases: entry.leases.filter(({ stream_id }) => visible(caller, stream_id)),
    })),
  }));
}
