/**
 * What this page's person may do with another one: give a seat, or send out of the room.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { JoinedRoom } from "../../media/room_lane.ts";
import { useServices } from "../../services.ts";
import { givable, type May } from "../may.ts";
import type { PersonRow } from "../people.ts";

interface PersonActionsProps {
  readonly row: PersonRow;
  readonly joined: JoinedRoom;
  readonly may: May;
  readonly vehicle: boolean;
  readonly close: () => void;
}

/** The buttons about one person; only what may be done is offered. */
export function PersonActions({ row, joined, may, vehicle, close }: PersonActionsProps) {
  const { roomActions, toaster } = useServices();
  const asksWhether = useSignal(false);
  const { id, name } = row;

  async function report(request: Promise<string | undefined>) {
    close();
    const problem = await request;
    if (problem) toaster.refused(problem);
  }

  if (asksWhether.value) {
    return (
      <div class="person-actions" role="group" aria-label={`Send ${name} out`}>
        <p class="small">
          Send <bdi class="person-name">{name}</bdi>{" "}
          out? There is no way back into this room while it is open.
        </p>
        <button
          type="button"
          class="button danger"
          onClick={() => void report(roomActions.ask("person.kick", { person: id }))}
        >
          Send out
        </button>
        <button type="button" class="button plain" onClick={() => (asksWhether.value = false)}>
          Cancel
        </button>
      </div>
    );
  }
  return (
    <div class="person-actions" role="group" aria-label={`What to do with ${name}`}>
      {!vehicle && givable(joined, may, id).map((seat) => (
        <button
          type="button"
          class="button"
          onClick={() => void report(roomActions.ask("seat.give", { seat, to: id }))}
          key={seat}
        >
          Give P{seat + 1}
        </button>
      ))}
      {may("person.kick", { person: id }) && (
        <button type="button" class="button danger" onClick={() => (asksWhether.value = true)}>
          Send out…
        </button>
      )}
    </div>
  );
}
