/**
 * The row *Being played now*: each open room with who is in it, *Watch* and *Join*.
 *
 * @module
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Mark } from "../../../shared/mark.tsx";
import { useServices } from "../../services.ts";
import { Cover } from "../card/cover.tsx";
import { countWords, followPlaying, type OpenRoom, roomsOfOthers } from "./playing.ts";

/** The row; nothing when nobody else plays what this browser may see. `known`: called once it is known what to show. */
export function NowPlaying({ known }: { readonly known: () => void }) {
  const { clock, connection } = useServices();
  const rooms = useSignal<readonly OpenRoom[]>([]);
  const online = connection.online.value;
  useEffect(() => {
    if (!online) return;
    const playing = followPlaying({
      clock,
      isSeen: () => !document.hidden,
      async ask() {
        const answer = await connection.socket.request("rooms.list", {});
        return "error" in answer ? undefined : answer.rooms;
      },
    });
    const ended = playing.rooms.subscribe((found) => {
      // The row of the connection before stays until that of this one is known.
      if (!found) return;
      rooms.value = found;
      known();
    });
    return () => {
      ended();
      playing[Symbol.dispose]();
    };
  }, [online]);
  const shown = useComputed(() =>
    roomsOfOthers(rooms.value, {
      own: connection.ready.value?.room?.room_id,
      isLive: (id) =>
        connection.apps.value.some(({ app_id, kind }) => app_id === id && kind === "live"),
    })
  );
  if (shown.value.length === 0) return null;
  return (
    <section class="continue" aria-labelledby="playing-title">
      <h2 id="playing-title">Being played now</h2>
      <ul class="continue-row">
        {shown.value.map((room) => <PlayedRoom key={room.room_id} room={room} />)}
      </ul>
    </section>
  );
}

function PlayedRoom({ room }: { room: OpenRoom }) {
  const { connection } = useServices();
  const { room_id, app_id, title, open_seats } = room;
  const app = connection.apps.value.find((each) => each.app_id === app_id);
  return (
    <li class="played-room">
      <span class="continue-cover">
        <Cover app={app ?? { app_id, kind: "game", system: "" }} picture={app?.cover} />
      </span>
      <span class="continue-text">
        <strong>{title}</strong>
        <span class="fine soft figures played-count">
          <Mark status="live" />
          {countWords(room)}
        </span>
        <span class="played-actions">
          <a class="button small" href={`/room/${room_id}?watch`} aria-label={`Watch ${title}`}>
            Watch
          </a>
          {open_seats > 0 && (
            <a class="button primary small" href={`/room/${room_id}`} aria-label={`Join ${title}`}>
              Join
            </a>
          )}
        </span>
      </span>
    </li>
  );
}
