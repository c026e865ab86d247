/**
 * REST: recordings as operators see them, and the recording of rooms.
 *
 * @module
 */
import type { Refusal } from "../../../protocol/envelope.ts";
import type { RecordingId } from "../../../protocol/ids.ts";
import { type FleetRecording, recordings as contracts } from "../../../protocol/recording/rest.ts";
import type { Audit } from "../../accounts/audit.ts";
import { type Caller, ownerFilter, sees } from "../../accounts/caller.ts";
import type { Forwarding } from "../../recordings/forwarding.ts";
import type { Recordings } from "../../recordings/recordings.ts";
import type { Rights } from "../../play/rights.ts";
import { byId, listAnswer, pageInMemory } from "../../records/page.ts";
import { notFound, type Refused, refused } from "../../refusals.ts";
import type { Workers } from "../../workers.ts";
import type { Router } from "./router.ts";

/** What {@linkcode recordingRoutes} calls. */
export interface RecordingServices {
  readonly recordings: Recordings;
  readonly forwarding: Forwarding;
  readonly workers: Workers;
  readonly rights: Rights;
  readonly audit: Audit;
}

/** Adds the routes that list, open and remove recordings, and the one that records a room. */
export function recordingRoutes(router: Router, services: RecordingServices): void {
  const { recordings, forwarding, workers, rights, audit } = services;

  /** A recording that the caller may see. */
  function seen(caller: Caller, id: RecordingId) {
    const found = recordings.find(id);
    return found && sees(caller, found.recording.fleet) ? found : undefined;
  }

  router.on(contracts.list, async ({ caller, query }) => {
    const kept = recordings.all().map(({ worker, recording }) => ({
      ...recording,
      worker_id: worker,
    }));
    const all: FleetRecording[] = [...kept, ...await forwarding.onDevices(ownerFilter(caller))]
      .filter(({ fleet }) => sees(caller, fleet));
    // Ids begin with their time; the list is the newest first.
    const page = pageInMemory(all, {
      ...query,
      position: ({ recording_id }) => byId(recording_id),
      order: "desc",
    });
    return listAnswer(page, (recording) => recording);
  });
  router.on(contracts.open, async ({ caller, params }) => {
    const found = seen(caller, params.id);
    if (!found) return notFound("recording", params.id);
    const answer = await recordings.open(found);
    return "refusal" in answer ? restRefusal(answer.refusal) : answer;
  });
  router.on(contracts.remove, async ({ caller, params }) => {
    const found = seen(caller, params.id);
    if (!found) return notFound("recording", params.id);
    const answer = await recordings.remove(found);
    if ("refusal" in answer) return restRefusal(answer.refusal);
    const { title: detail, fleet: ownerId } = found.recording;
    audit.record({ action: "recording.remove", by: caller, target: params.id, detail, ownerId });
    return { ok: true as const };
  });
  router.on(contracts.record, async ({ caller, params, body: { action } }) => {
    const room = workers.room(params.id);
    const fleet = room && rights.fleetOf(room);
    if (!room || !sees(caller, fleet)) return notFound("room", params.id);
    const answer = await recordings.record(room, { action, fleet });
    if ("refusal" in answer) return restRefusal(answer.refusal);
    const { title: detail } = room;
    const entry = { by: caller, target: params.id, detail, ownerId: fleet };
    audit.record({ action: `recording.${action}`, ...entry });
    return answer;
  });
}

function restRefusal({ code, message }: Refusal): Refused {
  if (code === "worker_no_answer") return refused(code, message);
  if (code === "room.unknown" || code === "recording.unknown") return refused("not_found", message);
  return refused(code === "conflict" ? code : "worker_refused", message);
}
