/**
 * All rooms in one table.
 *
 * @module
 */
import { Icon } from "../../shared/icon.tsx";
import { formatCount } from "../model/format.ts";
import { matches } from "../model/table.ts";
import { useReadOnly, useServices, useTopics } from "../services.ts";
import { ReadOnly } from "../widgets/ask_button.tsx";
import { ListBar, NothingFound, useListChoice } from "../table/list_bar.tsx";
import { Empty, Loading, Page, useLoaded } from "../widgets/page.tsx";
import { ROOM_COLUMNS, RoomTable } from "../worker/room_table.tsx";

const KEYS = ROOM_COLUMNS({ close: () => {}, viewers: () => {} }).map(({ key }) => key);

/** The page of all rooms. */
export function RoomsPage() {
  useTopics("rooms", "workers");
  const { fleet } = useServices();
  const loaded = useLoaded("rooms");
  const readOnly = useReadOnly();
  const shows = ["all", "game", "stream"];
  const choice = useListChoice({ shows, columns: KEYS });
  const all = [...fleet.on.rooms.value.values()].filter(({ state }) => state !== "closed")
    .toSorted((a, b) => b.opened_at - a.opened_at);
  const ofKind = (kind: string) =>
    all.filter(({ stream_id }) =>
      kind === "all" || (kind === "stream") === (stream_id !== undefined)
    );
  const rows = ofKind(choice.show).filter(({ title, room_id, worker_id }) =>
    matches(choice.search, [title, room_id, worker_id])
  );
  return (
    <Page
      title="Rooms"
      count={loaded && all.length > 0 ? formatCount(all.length) : undefined}
      actions={
        <a class="button" href="/operator/rooms/recordings">
          <Icon name="film" /> Recordings
        </a>
      }
    >
      <ReadOnly why={readOnly} />
      {!loaded && <Loading what="rooms" rows={8} />}
      {loaded && all.length === 0 && (
        <Empty icon="door" title="Nothing is being played">
          <p class="soft">A room opens when somebody starts a game or a stream goes live.</p>
          <a class="button" href="/" target="_blank" rel="noopener">Open the library</a>
        </Empty>
      )}
      {loaded && all.length > 0 && (
        <>
          <ListBar
            choice={choice}
            placeholder="Search rooms"
            shows={[
              { value: "all", label: "All", count: all.length },
              { value: "game", label: "Played", count: ofKind("game").length },
              { value: "stream", label: "Field streams", count: ofKind("stream").length },
            ]}
            found={{ left: rows.length, all: all.length }}
          />
          {rows.length === 0 ? <NothingFound choice={choice} /> : (
            <RoomTable
              rooms={rows}
              label="Rooms"
              workers
              sort={choice.sort}
              changeSort={choice.changeSort}
            />
          )}
        </>
      )}
    </Page>
  );
}
