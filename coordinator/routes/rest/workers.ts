/**
 * REST: workers as operators see them, and the ports that streams hold there.
 *
 * @module
 */
import type { Paging } from "../../../protocol/rest/contract.ts";
import { fleet as contracts } from "../../../protocol/rest/fleet.ts";
import type { WorkerId } from "../../../protocol/ids.ts";
import type { Audit } from "../../accounts/audit.ts";
import type { FleetEvent } from "../../fleet/events.ts";
import type { Views } from "../../fleet/views.ts";
import type { Bus } from "../../ports.ts";
import { byId, listAnswer, pageInMemory } from "../../records/page.ts";
import { notFound, refused } from "../../refusals.ts";
import type { StreamRegistry } from "../../streams/stream_registry.ts";
import type { Workers } from "../../workers.ts";
import { seesStream } from "./rooms.ts";
import type { Router } from "./router.ts";

/** What {@linkcode workerRoutes} calls. */
export interface WorkerServices {
  readonly workers: Workers;
  readonly registry: StreamRegistry;
  readonly views: Views;
  readonly audit: Audit;
  readonly bus: Bus<FleetEvent>;
}

/** Adds the routes that list workers and ingest ports, and those that drain a worker and return it to service. */
export function workerRoutes(router: Router, services: WorkerServices): void {
  const { workers, registry, views, audit, bus } = services;

  const page = (query: Paging) =>
    pageInMemory(workers.views(), { ...query, position: ({ hello }) => byId(hello.worker_id) });

  router.on(contracts.workers, ({ query }) => {
    return listAnswer(page(query), (view) => views.worker(view));
  });
  const viewOf = (id: WorkerId) => workers.views().find(({ hello }) => hello.worker_id === id);

  router.on(contracts.drain, ({ caller, params, body }) => {
    const known = viewOf(params.id);
    if (!known) return notFound("worker", params.id);
    if (!workers.drain(params.id, body.deadline_ms)) {
      return refused("worker_no_answer", `Cannot drain ${known.hello.name}: it is not connected`);
    }
    audit.record({ action: "worker.drain", by: caller, target: params.id });
    bus.publish({ type: "worker", workerId: params.id });
    return views.worker(viewOf(params.id) ?? known);
  });
  router.on(contracts.undrain, ({ caller, params }) => {
    const known = viewOf(params.id);
    if (!known) return notFound("worker", params.id);
    const { name } = known.hello;
    if (known.state === "online") {
      return refused("conflict", `Cannot return ${name} to service: it is in service`);
    }
    if (!workers.undrain(params.id)) {
      const text = `Cannot return ${name} to service: it is not connected`;
      return refused("worker_no_answer", text);
    }
    audit.record({ action: "worker.undrain", by: caller, target: params.id });
    bus.publish({ type: "worker", workerId: params.id });
    return views.worker(viewOf(params.id) ?? known);
  });
  router.on(contracts.ingest, ({ caller, query }) => {
    const entries = workers.views().flatMap((view) => views.ingest(view) ?? []);
    const position = ({ worker_id }: typeof entries[number]) => byId(worker_id);
    return listAnswer(pageInMemory(entries, { ...query, position }), (entry) => ({
      ...entry,
      leases: entry.leases.filter(({ stream_id }) => seesStream(caller, registry, stream_id)),
    }));
  });
}
