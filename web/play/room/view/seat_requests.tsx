/**
 * The requests of others for a seat that this page's person decides about.
 *
 * @module
 */
import type { JoinedRoom } from "../../media/room_lane.ts";
import { useServices } from "../../services.ts";
import { type May, requestsFor } from "../may.ts";
import type { PersonRow } from "../people.ts";

/** One line for each request, with both answers. */
export function SeatRequests(
  { joined, rows, may }: {
    readonly joined: JoinedRoom;
    readonly rows: readonly PersonRow[];
    readonly may: May;
  },
) {
  const { roomActions, toaster } = useServices();
  const requests = requestsFor(joined, may);
  if (requests.length === 0) return null;
  const ask = async (request: Promise<string | undefined>) => {
    const problem = await request;
    if (problem) toaster.refused(problem);
  };
  return (
    <ul class="seat-requests" aria-label="Who asks for a seat">
      {requests.map(({ seat, person }) => (
        <li key={person}>
          <p class="small">
            <bdi class="person-name">{rows.find(({ id }) => id === person)?.name}</bdi> asks for P
            {seat + 1}.
          </p>
          <button
            type="button"
            class="button primary"
            onClick={() => void ask(roomActions.ask("seat.give", { seat, to: person }))}
          >
            Give
          </button>
          <button
            type="button"
            class="button"
            onClick={() => void ask(roomActions.ask("seat.refuse", { seat, person }))}
          >
            Refuse
          </button>
        </li>
      ))}
    </ul>
  );
}
