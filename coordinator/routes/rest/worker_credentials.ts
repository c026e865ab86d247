/**
 * REST: the credentials of workers.
 *
 * @module
 */
import { fleet as contracts } from "../../../protocol/rest/fleet.ts";
import type { Audit } from "../../accounts/audit.ts";
import { listAnswer, pageInMemory } from "../../records/page.ts";
import { timeKey } from "../../records/table.ts";
import { notFound, refused } from "../../refusals.ts";
import type { WorkerCredentials } from "../../secrets/worker_credentials.ts";
import type { Router } from "./router.ts";

/** The services that {@linkcode workerCredentialRoutes} calls. */
export interface WorkerCredentialServices {
  readonly credentials: WorkerCredentials;
  readonly audit: Audit;
}

/** Adds the routes that list, make and revoke the credentials of workers. */
export function workerCredentialRoutes(
  router: Router,
  { credentials, audit }: WorkerCredentialServices,
): void {
  router.on(contracts.credentials, ({ query }) => {
    const page = pageInMemory(credentials.list(), {
      ...query,
      position: ({ created_at, worker_id }) => ({ sort: timeKey(created_at), id: worker_id }),
    });
    return listAnswer(page, ({ worker_id, created_at }) => ({ worker_id, created_at }));
  });
  router.on(contracts.makeCredential, async ({ caller, body: { worker_id } }) => {
    const credential = await credentials.mint(worker_id);
    if (credential === undefined) {
      const message = `Cannot make a credential: worker ${worker_id} has one already`;
      return refused("conflict", `${message}. Revoke that first`);
    }
    audit.record({ action: "worker.credential", by: caller, target: worker_id });
    return { worker_id, credential };
  });
  router.on(contracts.revokeCredential, async ({ caller, params }) => {
    if (!await credentials.revoke(params.id)) return notFound("credential", params.id);
    audit.record({ action: "worker.revoke", by: caller, target: params.id });
    return { ok: true as const };
  });
}
