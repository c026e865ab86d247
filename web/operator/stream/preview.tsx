/**
 * The live picture of a stream, in the player of `web/play/`, without sound. It takes a place of the room's media, so it
 * can be turned off.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { RoomId } from "../../../protocol/ids.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatBitrate, formatMillis, formatRate } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { pictureMissing, pictureSentence } from "../model/words.ts";
import { useNow } from "../services.ts";
import type { PreviewPlayer } from "./preview_player.ts";
import { PreviewVideo, previewWords, usePreview, wantsPicture } from "./preview_video.tsx";

/** The live picture of a stream, with the control that turns it on or off. */
export function Preview({ stream }: { stream: Stream }) {
  const watching = useSignal(wantsPicture());
  const { room_id, state } = stream;
  const over = state === "ended";
  return (
    <div class="preview">
      {room_id && !over && watching.value
        ? (
          <Watched
            key={room_id}
            stream={{ ...stream, room_id }}
            stop={() => void (watching.value = false)}
          />
        )
        : (
          <Poster stream={stream}>
            {room_id && !over && (
              <button
                type="button"
                class="button"
                onClick={() => void (watching.value = true)}
              >
                <Icon name="play" />
                Watch
              </button>
            )}
          </Poster>
        )}
    </div>
  );
}

function Poster({ stream, children }: { stream: Stream; children?: preact.ComponentChildren }) {
  const { state, room_id } = stream;
  const words = state === "ended"
    ? "The stream is over."
    : state === "starting"
    ? "The picture appears once the device sends."
    : room_id
    ? "The preview is off."
    : "The worker has opened no room for this stream, so it cannot be watched here.";
  return (
    <div class="preview-poster">
      <Icon name="film" />
      <p>{words}</p>
      {children}
    </div>
  );
}

function Watched({ stream, stop }: { stream: Stream & { room_id: RoomId }; stop: () => void }) {
  const player = usePreview(stream.room_id, "whole");
  if (!player) return <div class="preview-poster" role="status">Loading the player…</div>;
  return <Picture player={player} stream={stream} stop={stop} />;
}

function Picture(
  { player: { game }, stream, stop }: { player: PreviewPlayer; stream: Stream; stop: () => void },
) {
  const now = useNow();
  const words = previewWords(game.state.value, game.now.value);
  const sample = game.figures.newest.value;
  const missing = pictureMissing(stream.figures, now) !== undefined;
  return (
    <>
      <PreviewVideo game={game} label={`Live picture of ${stream.sender_name}`} />
      {words && <p class="preview-words">{words}</p>}
      {!words && missing && <p class="preview-words">{pictureSentence(stream.figures, now)}</p>}
      <div class="preview-foot">
        <span class="figures">
          {sample && !words
            ? [
              sample.width ? `${sample.width}×${sample.height}` : undefined,
              formatRate(sample.frameRate),
              formatBitrate(sample.bitrate),
              formatMillis(sample.rtt),
            ].filter(Boolean).join("\u00a0· ")
            : "Preview, without sound"}
        </span>
        <a class="button plain" href={`/?room=${stream.room_id}`} target="_blank" rel="noopener">
          Open player
        </a>
        <button type="button" class="button plain" onClick={stop}>Turn off</button>
      </div>
    </>
  );
}
