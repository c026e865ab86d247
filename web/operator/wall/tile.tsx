/**
 * One stream of the wall: its picture in the small layer, its name and state, how old its picture is, and what is wrong.
 *
 * @module
 */
import { useRef } from "preact/hooks";
import type { RoomId } from "../../../protocol/ids.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatMillis } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { formatSpan } from "../model/format.ts";
import { pictureMissing, streamWording } from "../model/words.ts";
import { useNow } from "../services.ts";
import type { PreviewPlayer } from "../stream/preview_player.ts";
import { PreviewVideo, previewWords, usePreview } from "../stream/preview_video.tsx";
import { State } from "../widgets/tone.tsx";
import { useOnScreen } from "./on_screen.ts";
import type { Tile } from "./order.ts";

interface TileProps {
  readonly tile: Tile;
  /** Whether its picture may play. */
  readonly plays: boolean;
  readonly sound: boolean;
  readonly changeSound: (on: boolean) => void;
}

/** One stream of the wall. */
export function WallTile({ tile: { stream, trouble }, plays, sound, changeSound }: TileProps) {
  const box = useRef<HTMLLIElement>(null);
  const isNear = useOnScreen(box);
  const now = useNow();
  const { stream_id, sender_name, state } = stream;
  const room_id = state === "live" ? stream.room_id : undefined;
  return (
    <li ref={box} class="wall-tile" data-tone={trouble?.tone}>
      {room_id && plays && isNear
        ? <Watched key={room_id} stream={{ ...stream, room_id }} sound={sound} />
        : (
          <Words stream={stream}>
            {room_id
              ? "The picture is off."
              : state === "starting"
              ? "The picture appears once the device sends."
              : "It has no room, so it cannot be watched here."}
          </Words>
        )}
      <div class="wall-foot">
        <a class="wall-link cut" href={`/operator/streams/${stream_id}`}>
          <b>{sender_name}</b>
        </a>
        <button
          type="button"
          class="button plain square"
          aria-pressed={sound}
          aria-label={`Sound of ${sender_name}`}
          title={sound ? "Turn the sound off" : "Turn the sound on, and that of the others off"}
          onClick={() => changeSound(!sound)}
        >
          <Icon name={sound ? "sound" : "mute"} />
        </button>
        <p class="wall-state small">
          <State {...streamWording(stream, now)} />
          {trouble && <span class="figures" data-tone={trouble.tone}>{trouble.words}</span>}
        </p>
      </div>
    </li>
  );
}

type Watchable = Stream & { readonly room_id: RoomId };

function Watched({ stream, sound }: { stream: Watchable; sound: boolean }) {
  const player = usePreview(stream.room_id, "small");
  if (!player) return <Words stream={stream}>Loading the player…</Words>;
  return <Picture player={player} stream={stream} sound={sound} />;
}

function Picture(
  { player: { game }, stream, sound }: {
    player: PreviewPlayer;
    stream: Watchable;
    sound: boolean;
  },
) {
  const isMissing = pictureMissing(stream.figures, useNow()) !== undefined;
  const words = previewWords(game.state.value, game.now.value);
  const age = game.figures.newest.value?.latency?.age;
  return (
    <div class="wall-picture" data-missing={isMissing}>
      <PreviewVideo game={game} label={`Live picture of ${stream.sender_name}`} sound={sound} />
      {words && <p class="wall-words small">{words}</p>}
      <Age stream={stream} shown={age && "ms" in age && !words ? age.ms : undefined} />
    </div>
  );
}

/** How old the picture is: as `shown` here, in milliseconds, or since the worker received the newest. */
function Age({ stream, shown }: { stream: Stream; shown?: number | undefined }) {
  const now = useNow();
  const { received } = stream.figures ?? {};
  const missing = pictureMissing(stream.figures, now);
  if (received?.last_picture_at === undefined) return null;
  const age = missing === undefined && shown !== undefined
    ? formatMillis(shown)
    : agoWords(now - received.last_picture_at);
  return (
    <span class="wall-age figures" data-tone={missing === undefined ? undefined : "attention"}>
      <span class="unseen">Age of the picture:</span> {age}
    </span>
  );
}

function agoWords(ms: number): string {
  return ms < 1_000 ? "under 1\u202fs" : formatSpan(ms);
}

function Words({ stream, children }: { stream: Stream; children: string }) {
  return (
    <div class="wall-picture">
      <p class="wall-words small">{children}</p>
      <Age stream={stream} />
    </div>
  );
}
