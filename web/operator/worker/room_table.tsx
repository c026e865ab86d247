/**
 * The table of rooms: app, seats, viewers, picture, and the button that closes a room.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { FleetRoom } from "../../../protocol/rest/fleet.ts";
import { formatRate } from "../../shared/format.ts";
import { losers } from "../model/format.ts";
import type { Sort } from "../model/table.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { RecordButtons } from "../recording/record_buttons.tsx";
import { WORKER_COLUMN } from "../table/worker_column.tsx";
import { Confirm } from "../widgets/confirm.tsx";
import { Running, Watching } from "../widgets/figure.tsx";
import { type Column, Table } from "../table/table.tsx";
import { State } from "../widgets/tone.tsx";
import { ViewersDialog } from "./viewers.tsx";
import { roomWording } from "./words.ts";

interface RoomTableProps {
  readonly rooms: readonly FleetRoom[];
  readonly label: string;
  /** Shows the worker of each room. */
  readonly workers?: boolean;
  readonly sort?: Sort | undefined;
  readonly changeSort?: (sort: Sort | undefined) => void;
}

/** The table of rooms; `workers` adds the column of the worker. */
export function RoomTable({ rooms, label, workers = false, ...sorting }: RoomTableProps) {
  const closing = useSignal<FleetRoom | undefined>(undefined);
  const watched = useSignal<FleetRoom | undefined>(undefined);
  const columns = ROOM_COLUMNS({
    close: (room) => void (closing.value = room),
    viewers: (room) => void (watched.value = room),
  })
    .filter(({ key }) => workers || key !== "worker");
  return (
    <>
      <Table
        {...sorting}
        label={label}
        narrow="buttons_below"
        rows={rooms}
        columns={columns}
        rowKey={({ room_id }) => room_id}
      />
      {watched.value && (
        <ViewersDialog
          room={watched.value}
          close={() => void (watched.value = undefined)}
        />
      )}
      {closing.value && (
        <CloseDialog
          room={closing.value}
          close={() => void (closing.value = undefined)}
        />
      )}
    </>
  );
}

/** What the buttons of a room do. */
interface RoomActs {
  readonly close: (room: FleetRoom) => void;
  /** Shows its viewers. */
  readonly viewers: (room: FleetRoom) => void;
}

/** The columns of the table of rooms. */
export const ROOM_COLUMNS = ({ close, viewers }: RoomActs): readonly Column<FleetRoom>[] => [
  {
    key: "title",
    head: "Room",
    wide: true,
    phone: "name",
    value: ({ title }) => title,
    cell: ({ title, stream_id, recorded_since }) => (
      <span class="two-lines">
        <b>{title}</b>
        <span class="soft fine">
          {stream_id
            ? <a href={`/operator/streams/${stream_id}`}>Field stream</a>
            : "Played from the library"}{" "}
          {recorded_since !== undefined && <span class="recorded-mark">Recorded</span>}
        </span>
      </span>
    ),
  },
  {
    key: "state",
    head: "State",
    phone: "state",
    value: ({ state }) => state,
    cell: (room) => <State {...roomWording(room)} />,
  },
  {
    key: "watching",
    head: "People",
    align: "end",
    downFirst: true,
    value: ({ viewers }) => viewers,
    cell: (room) => <Watching {...room} />,
  },
  {
    key: "seats",
    head: "Seats",
    phone: "none",
    value: ({ seats }) => seats.filter(({ session_id }) => session_id).length,
    cell: ({ seats }) => <Seats seats={seats} />,
  },
  {
    key: "quality",
    head: "Picture",
    rank: 2,
    phone: "none",
    value: ({ width, height }) => width * height,
    downFirst: true,
    cell: ({ width, height, frame_rate }) => (
      <span class="figures">
        {width > 0 ? `${width}×${height}, ${formatRate(frame_rate)}` : "None yet"}
      </span>
    ),
  },
  WORKER_COLUMN,
  {
    key: "since",
    head: "Open for",
    align: "end",
    downFirst: true,
    value: ({ opened_at }) => -opened_at,
    cell: ({ opened_at }) => <Running since={opened_at} />,
  },
  {
    key: "actions",
    head: "Actions",
    headUnseen: true,
    cell: (room) => (
      <RoomActions
        room={room}
        close={() => close(room)}
        viewers={() => viewers(room)}
      />
    ),
  },
];

function Seats({ seats }: { seats: FleetRoom["seats"] }) {
  if (seats.length === 0) return <span class="soft">Watch only</span>;
  return (
    <span class="seats">
      {seats.map(({ seat, session_id, connected }) => {
        const words = !session_id ? "open" : connected ? "taken" : "connection lost";
        return (
          <span
            key={seat}
            class="seat-mark"
            data-state={words}
            title={`P${seat + 1} ${words}`}
          >
            P{seat + 1}
            <span class="unseen">{words}</span>
          </span>
        );
      })}
    </span>
  );
}

function RoomActions(
  { room, close, viewers }: { room: FleetRoom; close: () => void; viewers: () => void },
) {
  const readOnly = useReadOnly();
  return (
    <span class="row-actions">
      <a class="button" href={`/?room=${room.room_id}`} target="_blank" rel="noopener">
        Watch <span class="unseen">{room.title}</span>
      </a>
      <button type="button" class="button" onClick={viewers}>
        Latency <span class="unseen">of {room.title}</span>
      </button>
      <RecordButtons room={room} />
      <button
        type="button"
        class="button"
        aria-disabled={readOnly !== undefined}
        title={readOnly}
        onClick={() => readOnly === undefined && close()}
      >
        Close <span class="unseen">{room.title}</span>
      </button>
    </span>
  );
}

function CloseDialog({ room, close }: { room: FleetRoom; close: () => void }) {
  const { api, toaster } = useServices();
  const { room_id, title, state, viewers, stream_id } = room;
  const ask = useAsk(`close:${room_id}`);
  useEffect(() => ask.clear(), []);
  const closeRoom = async () => {
    const answer = await ask.run(() =>
      api.call(contracts.fleet.closeRoom, { params: { id: room_id } })
    );
    if (!answer) return;
    toaster.done(`${title} is being closed.`);
    close();
  };
  return (
    <Confirm
      title={`Close ${title}?`}
      action="Close room"
      doing="Closing"
      ask={ask}
      confirm={() => void closeRoom()}
      close={close}
    >
      <ul class="losses">
        <li>
          {viewers > 0
            ? `${losers(viewers)} the room; the page says that an operator closed it.`
            : state === "kept"
            ? "Its players have left. Until it closes they can come back to it."
            : "Nobody is in it."}
        </li>
        <li>
          {stream_id
            ? "The stream itself goes on; stop it on its sender's page."
            : state === "kept"
            ? "Its game was saved when they left: Continue goes on from there."
            : "What was not saved in the game is lost."}
        </li>
      </ul>
    </Confirm>
  );
}
