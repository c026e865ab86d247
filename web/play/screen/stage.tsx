/**
 * The picture and its sound.
 *
 * @module
 */
import type { RefObject } from "preact";
import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { errorText } from "../../../protocol/error_text.ts";
import { Icon } from "../../shared/icon.tsx";
import { pixels, shapeOf } from "../media/shape.ts";
import { useServices } from "../services.ts";
import { sound } from "./sound.ts";

interface StageProps {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly title: string;
}

/** The video element with the tracks of the game, in the shape of the room's picture. */
export function Stage({ video, title }: StageProps) {
  const { game } = useServices();
  const tracks = game.tracks.value;
  const room = game.room.value;

  // Not after the next drawing, which takes up to a frame's time.
  useLayoutEffect(() => {
    const element = video.current!;
    // One element, separate streams on the wire: the browser does not hold the picture back for the sound.
    element.srcObject = tracks.length > 0 ? new MediaStream([...tracks]) : null;
    if (tracks.length > 0) void play(element);
  }, [tracks]);

  useLayoutEffect(() => {
    const element = video.current!;
    let next = element.requestVideoFrameCallback(shown);
    function shown() {
      next = element.requestVideoFrameCallback(shown);
      game.pictureShown();
    }
    return () => element.cancelVideoFrameCallback(next);
  }, []);

  // At once: browsers allow sound only within a short time after a press.
  useEffect(() =>
    effect(() => {
      video.current!.muted = sound.value !== "on";
    }), []);

  useEffect(() => {
    focusStage();
  }, []);

  const aspect = shapeOf(room, pixels.value);
  return (
    <div
      class="stage"
      tabIndex={0}
      role="application"
      aria-label={`${title}: the picture. Escape opens the menu.`}
      style={{ "--aspect": String(aspect) }}
    >
      <video
        ref={video}
        class="picture"
        data-testid="picture"
        data-crisp={room !== undefined && room.height > 0 && room.height <= 300}
        playsInline
        disablePictureInPicture
        disableRemotePlayback
      />
    </div>
  );
}

/** Gives the keyboard to the game, without a focus ring. */
export function focusStage(): void {
  const options: FocusOptions & { focusVisible: boolean } = {
    preventScroll: true,
    focusVisible: false,
  };
  document.querySelector<HTMLElement>(".stage")?.focus(options);
}

/** Plays with sound where the browser allows it; else muted, and {@linkcode SoundPress} shows a button. */
async function play(element: HTMLVideoElement): Promise<void> {
  if (sound.value === "blocked" && navigator.userActivation?.hasBeenActive) sound.value = "on";
  element.muted = sound.value !== "on";
  try {
    await element.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
    sound.value = "blocked";
    element.muted = true;
    await element.play().catch((reason) => console.warn(`Cannot play: ${errorText(reason)}`));
  }
}

/** The button that turns sound on, shown while the browser blocks it: browsers play sound only after a press. */
export function SoundPress() {
  if (sound.value !== "blocked") return null;
  return (
    <button type="button" class="button primary sound-press" onClick={() => (sound.value = "on")}>
      <Icon name="mute" />
      Turn on sound
    </button>
  );
}
