/**
 * REST: workers as operators see them, and the ports that streams hold there.
 *
 * @module
 */
import { fleet as contracts } from "../../../protocol/rest/fleet.ts";
import type { Audit } from "../../accounts/audit.ts";
import type { Views } from "../../fleet/views.ts";
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
}

/** Adds the routes that list workers and ingest ports, and the one that drains a worker. */
export function workerRoutes(router: Router, services: WorkerServices): void {
  const { workers, registry, views, audit } = services;

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
  router.on(contracts.ingest, ({ caller }) => ({
    items: workers.views().flatMap((view) => views.ingest(view) ?? []).map((entry) => ({
      ...entry,
      leases: entry.leases.filter(({ stream_id }) => seesStream(caller, registry, stream_id)),
    })),
  }));
}
