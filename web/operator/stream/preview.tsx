/**
 * The live picture of a stream, in the player of `web/play/`, without sound. It takes a place of the room's media, so it
 * can be turned off.
 *
 * @module
 */
import { endNotice, troubleSentence } from "../../play/words/endings.ts";
import { noPlaceTitle } from "../../play/words/notices.ts";
import { refusalSentence } from "../../play/words/refusals.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Stream } from "../../../protocol/rest/streams.ts";
import { formatBitrate, formatMillis, formatRate, formatSeconds } from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import type { SessionState } from "../../play/join/session_state.ts";
import { seenPicture } from "../../play/media/latency/seen_picture.ts";
import { shapeOf } from "../../play/media/shape.ts";
import { pictureMissing, pictureSentence } from "../model/words.ts";
import { useNow, useServices } from "../services.ts";
import type { PreviewPlayer } from "./preview_player.ts";

/** The live picture of a stream, with the control that turns it on or off. */
export function Preview({ stream }: { stream: Stream }) {
  const watching = useSignal(wantsPicture());
  const { room_id, state } = stream;
  const over = state === "ended";
  return (
    <div class="preview">
      {room_id && !over && watching.value
        ? <Watched key={room_id} stream={stream} stop={() => void (watching.value = false)} />
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

function Watched({ stream, stop }: { stream: Stream; stop: () => void }) {
  const { clock, random } = useServices();
  const player = useSignal<PreviewPlayer | undefined>(undefined);
  const { room_id } = stream;
  useEffect(() => {
    let gone = false;
    let mine: PreviewPlayer | undefined;
    void import("./preview_player.ts").then(({ watchRoom }) => {
      if (gone || !room_id) return;
      mine = watchRoom(room_id, { clock, random });
      player.value = mine;
    });
    return () => {
      gone = true;
      mine?.[Symbol.dispose]();
    };
  }, [room_id]);
  if (!player.value) return <div class="preview-poster" role="status">Loading the player…</div>;
  return <Picture player={player.value} stream={stream} stop={stop} />;
}

function Picture(
  { player: { game }, stream, stop }: { player: PreviewPlayer; stream: Stream; stop: () => void },
) {
  const video = useRef<HTMLVideoElement>(null);
  const tracks = game.tracks.value;
  useEffect(() => {
    const element = video.current!;
    const pictures = tracks.filter(({ kind }) => kind === "video");
    element.srcObject = pictures.length > 0 ? new MediaStream([...pictures]) : null;
    if (pictures.length > 0) element.play().catch(() => {/* the next picture tries again */});
  }, [tracks]);
  useEffect(() => {
    const element = video.current!;
    let next = element.requestVideoFrameCallback(shown);
    function shown(_now: number, metadata: VideoFrameCallbackMetadata) {
      next = element.requestVideoFrameCallback(shown);
      game.pictureShown(seenPicture(metadata));
    }
    return () => element.cancelVideoFrameCallback(next);
  }, []);
  const state = game.state.value;
  const now = useNow();
  const words = previewWords(state, game.now.value);
  const sample = game.figures.newest.value;
  const missing = pictureMissing(stream.figures, now) !== undefined;
  return (
    <>
      <div
        class="preview-picture"
        style={{ "--aspect": String(shapeOf(game.room.value, "display")) }}
      >
        <video ref={video} muted playsInline aria-label={`Live picture of ${stream.sender_name}`} />
      </div>
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
            ].filter(Boolean).join(" · ")
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

/** The text over the picture while there is none; `undefined` while it plays. */
function previewWords(state: SessionState, now: number): string | undefined {
  switch (state.state) {
    case "lobby":
    case "connecting":
      return "Connecting to the coordinator…";
    case "negotiating":
      return `Connecting to the worker… ${formatSeconds(now - state.asked)}`;
    case "starting":
      return "Connected. Waiting for the first picture…";
    case "playing":
      return state.frozenSince === undefined
        ? undefined
        : `The picture stands still for ${formatSeconds(now - state.frozenSince)}.`;
    case "lost":
      return `${troubleSentence(state.trouble)} Trying again.`;
    case "no_capacity":
      return `${noPlaceTitle(state.lack)}.`;
    case "ended":
      return endNotice(state.reason, { ...state, title: "The stream", saved: false }).body;
    case "refused":
      return refusalSentence(state.refusal);
  }
}

/** Whether the picture starts by itself: with the browser's data saver on, it starts only after a press. */
function wantsPicture(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData !== true;
}
