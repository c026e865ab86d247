/**
 * The pictures of one preview as they come, the words while there are none, and the session that brings them.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RoomId } from "../../../protocol/ids.ts";
import { formatSeconds } from "../../shared/format.ts";
import type { Game } from "../../play/join/game.ts";
import type { SessionState } from "../../play/join/session_state.ts";
import { seenPicture } from "../../play/media/latency/seen_picture.ts";
import { shapeOf } from "../../play/media/shape.ts";
import { endNotice, troubleSentence } from "../../play/words/endings.ts";
import { noPlaceTitle } from "../../play/words/notices.ts";
import { refusalSentence } from "../../play/words/refusals.ts";
import { useServices } from "../services.ts";
import type { PreviewPlayer, PreviewSize } from "./preview_player.ts";

/** Joins a room as a preview while the view is shown; `undefined` until the player is loaded. */
export function usePreview(roomId: RoomId, size: PreviewSize): PreviewPlayer | undefined {
  const { clock, random } = useServices();
  const player = useSignal<PreviewPlayer | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    let mine: PreviewPlayer | undefined;
    void import("./preview_player.ts").then(({ watchRoom }) => {
      if (gone) return;
      mine = watchRoom(roomId, { clock, random, size });
      player.value = mine;
    });
    return () => {
      gone = true;
      player.value = undefined;
      mine?.[Symbol.dispose]();
    };
  }, [roomId, size]);
  return player.value;
}

interface PreviewVideoProps {
  readonly game: Game;
  readonly label: string;
  /** Whether the sound is on; absent: the preview has none. */
  readonly sound?: boolean;
}

/** The picture of a preview in the shape of its room. */
export function PreviewVideo({ game, label, sound }: PreviewVideoProps) {
  const video = useRef<HTMLVideoElement>(null);
  const tracks = game.tracks.value;
  const silent = sound === undefined;
  useEffect(() => {
    const element = video.current!;
    const shown = silent ? tracks.filter(({ kind }) => kind === "video") : tracks;
    element.srcObject = shown.length > 0 ? new MediaStream([...shown]) : null;
    if (shown.length > 0) element.play().catch(() => {/* the next picture tries again */});
  }, [tracks, silent]);
  const media = game.media.value;
  useEffect(() => media?.wantSound(sound === true), [media, sound === true]);
  useEffect(() => {
    const element = video.current!;
    let next = element.requestVideoFrameCallback(shown);
    function shown(_now: number, metadata: VideoFrameCallbackMetadata) {
      next = element.requestVideoFrameCallback(shown);
      game.pictureShown(seenPicture(metadata));
    }
    return () => element.cancelVideoFrameCallback(next);
  }, [game]);
  return (
    <div
      class="preview-picture"
      style={{ "--aspect": String(shapeOf(game.room.value, "display")) }}
    >
      <video ref={video} muted={sound !== true} playsInline aria-label={label} />
    </div>
  );
}

/** The text over the picture while there is none; `undefined` while it plays. */
export function previewWords(state: SessionState, now: number): string | undefined {
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

/** Whether pictures start by themselves: with the browser's data saver on, they start only after a press. */
export function wantsPicture(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData !== true;
}
