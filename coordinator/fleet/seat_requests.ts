/**
 * Writes the requests for the control seats of vehicles, and what their drivers made of them, into the audit log.
 *
 * @module
 */
import type { WorkerId } from "../../protocol/ids.ts";
import type { FromWorker } from "../../protocol/legs/worker_leg.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Rights } from "../play/rights.ts";
import type { Workers } from "../workers.ts";

type SeatRequest = Extract<FromWorker, { type: "seat.request" }>["payload"];
type Person = SeatRequest["driver"];

/** Takes what workers report of requests. */
export interface SeatRequestNotes {
  received(worker: WorkerId, request: SeatRequest): void;
}

/** Creates the notes; `audit` is absent where no control plane runs. */
export function createSeatRequestNotes({ workers, rights, audit }: {
  readonly workers: Pick<Workers, "room">;
  readonly rights: Pick<Rights, "fleetOf">;
  readonly audit: () => Audit | undefined;
}): SeatRequestNotes {
  return {
    received(worker, { room_id, outcome, requester, driver }) {
      const room = workers.room(room_id);
      if (room?.worker_id !== worker) return;
      audit()?.record({
        action: `room.seat_${outcome}`,
        by: "player",
        target: room_id,
        detail: sentence(outcome, requester, driver, room.title),
        ownerId: rights.fleetOf(room),
      });
    },
  };
}

/** Names are what persons call themselves, so they stand in quotes, beside the session. */
function sentence(
  outcome: SeatRequest["outcome"],
  requester: Person,
  driver: Person,
  title: string,
): string {
  const [asks, drives] = [personText(requester), personText(driver)];
  switch (outcome) {
    case "asked":
      return `${title}: ${asks} asks ${drives}`;
    case "given":
      return `${title}: ${drives} to ${asks}`;
    case "refused":
      return `${title}: ${drives} refused ${asks}`;
  }
}

function personText({ name, session_id }: Person): string {
  return name === undefined ? session_id : `"${name}" (${session_id})`;
}
