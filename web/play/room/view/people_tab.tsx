/**
 * The people of a room: who asks for what, the seats, who is there, and what a host decides.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { formatMillis, latencyStatus } from "../../../shared/format.ts";
import { Icon } from "../../../shared/icon.tsx";
import { Mark } from "../../../shared/mark.tsx";
import type { JoinedRoom } from "../../media/room_lane.ts";
import { useServices } from "../../services.ts";
import { IdentityForm } from "./identity_form.tsx";
import { givable, type May, mayIn } from "../may.ts";
import { doesWhat, linkWord, MOST_ROWS, peopleRows, type PersonRow } from "../people.ts";
import { PersonActions } from "./person_actions.tsx";
import { PersonDot } from "./person_dot.tsx";
import { SeatList } from "./seat_list.tsx";
import { SeatRequests } from "./seat_requests.tsx";

interface PeopleTabProps {
  readonly joined: JoinedRoom;
  /** The room has a vehicle in place of a game. */
  readonly vehicle: boolean;
  readonly live: boolean;
}

/** The people and the seats. */
export function PeopleTab({ joined, vehicle, live }: PeopleTabProps) {
  const may = mayIn(joined, { live });
  const rows = peopleRows(joined);
  return (
    <div class="people">
      <SeatRequests joined={joined} rows={rows} may={may} />
      {!vehicle && <SeatList joined={joined} rows={rows} may={may} />}
      <section aria-label="Who is here">
        <h2 class="fine soft">Who is here</h2>
        <ul class="people-list">
          {rows.slice(0, MOST_ROWS).map((row) => (
            <PersonItem row={row} joined={joined} may={may} vehicle={vehicle} key={row.id} />
          ))}
        </ul>
        {rows.length > MOST_ROWS && (
          <p class="small soft figures">and {rows.length - MOST_ROWS} more</p>
        )}
      </section>
      {may("room.options") && <Options joined={joined} />}
    </div>
  );
}

interface PersonItemProps extends Pick<PeopleTabProps, "joined" | "vehicle"> {
  readonly row: PersonRow;
  readonly may: May;
}

function PersonItem({ row, joined, may, vehicle }: PersonItemProps) {
  const open = useSignal(false);
  const { id, name, isYou, isHost, colour, ping, connected } = row;
  const close = () => (open.value = false);
  const mayAct = !isYou &&
    (may("person.kick", { person: id }) || (!vehicle && givable(joined, may, id).length > 0));
  const link = linkWord(row);
  return (
    <li class="person" data-person={id}>
      <div class="person-line">
        <PersonDot colour={colour} />
        <span class="person-who">
          <span class="person-first">
            <bdi class="person-name">{name}</bdi>
            {isYou && <span class="soft">you</span>}
            {isHost && <span class="badge soft">host</span>}
          </span>
          <span class="fine soft">
            {doesWhat(row, vehicle)}
            {link && `, ${link}`}
          </span>
        </span>
        {connected && ping !== undefined && (
          <span class="person-ping fine figures" title="Round trip to the worker">
            <Mark status={row.quality === "poor" ? "lost" : latencyStatus(ping)} />
            {formatMillis(ping)}
          </span>
        )}
        {(isYou || mayAct) && (
          <button
            type="button"
            class="button plain square"
            aria-label={isYou ? "Change your name and colour" : `What to do with ${name}`}
            aria-expanded={open.value}
            onClick={() => (open.value = !open.value)}
          >
            <Icon name={isYou ? "edit" : "more"} />
          </button>
        )}
      </div>
      {open.value && isYou && <IdentityForm done={close} />}
      {open.value && mayAct && !isYou && (
        <PersonActions row={row} joined={joined} may={may} vehicle={vehicle} close={close} />
      )}
    </li>
  );
}

/** What a host decides for everybody. */
function Options({ joined }: { readonly joined: JoinedRoom }) {
  const { roomActions, toaster } = useServices();
  async function choose(watchers_chat: boolean) {
    const problem = await roomActions.ask("room.options", { watchers_chat });
    if (problem) toaster.refused(problem);
  }
  return (
    <label class="room-option small">
      <input
        type="checkbox"
        checked={joined.room.options.watchers_chat}
        onChange={({ currentTarget }) => void choose(currentTarget.checked)}
      />
      Who only watches may write and talk
    </label>
  );
}
