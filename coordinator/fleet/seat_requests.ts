/**
 * Writes what workers report of the driving of vehicles into the audit log: the requests for control seats, what their
 * drivers made of them, and failsafes that a worker keeps.
 *
 * @module
 */
import { FAILSAFE_CAUSES } from "../../protocol/control/failsafe_causes.ts";
import type { WorkerId } from "../../protocol/ids.ts";
import type { FromWorker } from "../../protocol/legs/worker_leg.ts";
import type { Audit } from "../accounts/audit.ts";
import type { Rights } from "../play/rights.ts";
import type { Workers } from "../workers.ts";

type SeatRequest = Extract<FromWorker, { type: "seat.request" }>["payload"];
type Failsafe = Extract<FromWorker, { type: "vehicle.failsafe" }>["payload"];
type Person = SeatRequest["driver"];

/** Takes what workers report of requests. */
export interface SeatRequestNotes {
  received(worker: WorkerId, request: SeatRequest): void;
  /** A vehicle whose worker keeps its failsafe went into it. */
  failsafe(worker: WorkerId, failsafe: Failsafe): void;
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
    failsafe(worker, { room_id, cause }) {
      const room = workers.room(room_id);
      if (room?.worker_id !== worker) return;
      audit()?.record({
        action: "vehicle.failsafe",
        by: "worker",
        target: room_id,
        detail: `${room.title}: ${FAILSAFE_CAUSES[cause]}`,
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
