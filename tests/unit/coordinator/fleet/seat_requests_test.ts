import { deepEqual } from "node:assert/strict";
import type { AuditedAction } from "../../../../coordinator/accounts/audit.ts";
import { createSeatRequestNotes } from "../../../../coordinator/fleet/seat_requests.ts";
import { RoomId, SessionId, UserId, WorkerId } from "../../../../protocol/ids.ts";
import type { Room } from "../../../../protocol/legs/room.ts";

const room_id = RoomId.parse("room_0197a1b2c3d57000800000000000000b");
const fleet = UserId.parse("usr_0197a1b2c3d87000800000000000000e");
const ada = { session_id: SessionId.parse("ses_0197a1b2c3d47000800000000000000a"), name: "Ada" };
const driver = { session_id: SessionId.parse("ses_0197a1b2c3d47000800000000000000b") };
const mine = WorkerId.parse("fra-1");

Deno.test("[DRV29] requests and refusals are in the audit log of the vehicle's fleet, by its own worker alone", () => {
  const entries: AuditedAction[] = [];
  const notes = createSeatRequestNotes({
    workers: { room: () => ({ room_id, worker_id: mine, title: "Rover" }) as Room },
    rights: { fleetOf: () => fleet },
    audit: () => ({ record: (entry) => void entries.push(entry) }),
  });
  for (const outcome of ["asked", "refused", "given"] as const) {
    notes.received(mine, { room_id, outcome, requester: ada, driver });
  }
  notes.received(WorkerId.parse("other"), { room_id, outcome: "asked", requester: ada, driver });
  deepEqual(entries.map(({ action, detail }) => [action, detail]), [
    ["room.seat_asked", `Rover: "Ada" (${ada.session_id}) asks ${driver.session_id}`],
    ["room.seat_refused", `Rover: ${driver.session_id} refused "Ada" (${ada.session_id})`],
    ["room.seat_given", `Rover: ${driver.session_id} to "Ada" (${ada.session_id})`],
  ]);
  deepEqual([entries[0]!.ownerId, entries[0]!.target, entries[0]!.by], [fleet, room_id, "player"]);
});
