/**
 * The picture and its sound.
 *
 * @module
 */
import type { RefObject } from "preact";
import { effect } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { errorText } from "../../../protocol/error_text.ts";
import { Icon } from "../../shared/icon.tsx";
import { pixels, shapeOf } from "../media/shape.ts";
import { seenPicture } from "../media/latency/seen_picture.ts";
import { drawingOf } from "../picture/filter.ts";
import { useServices } from "../services.ts";
import { sound, volume } from "./sound.ts";

interface StageProps {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly title: string;
  /** Drawn as it comes, whatever filter a person chose: what is live is looked at closely. */
  readonly plain: boolean;
}

/** The video element with the tracks of the game, in the shape of the room's picture. */
export function Stage({ video, title, plain }: StageProps) {
  const { game, controls } = useServices();
  const tracks = game.tracks.value;
  const room = game.room.value;
  const canvas = game.canvas.value;
  const place = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    place.current!.replaceChildren(...(canvas ? [canvas] : []));
  }, [canvas]);

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
    function shown(_now: number, metadata: VideoFrameCallbackMetadata) {
      next = element.requestVideoFrameCallback(shown);
      game.pictureShown(seenPicture(metadata));
    }
    return () => element.cancelVideoFrameCallback(next);
  }, []);

  // At once: browsers allow sound only within a short time after a press.
  useEffect(() =>
    effect(() => {
      const element = video.current!;
      element.muted = sound.value !== "on";
      element.volume = volume.value;
      // Where the browser blocked the picture as well, the same press starts it.
      if (!element.muted && element.paused && element.srcObject) void play(element);
    }), []);

  useEffect(() => {
    focusStage();
  }, []);

  const aspect = shapeOf(room, pixels.value);
  const { isCrisp, lines } = drawingOf(room, plain ? "sharp" : controls.all.value.filter);
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
        data-crisp={isCrisp}
        playsInline
        disablePictureInPicture
        disableRemotePlayback
        hidden={canvas !== undefined}
      />
      <div
        ref={place}
        class="picture"
        data-testid="picture-tcp"
        data-crisp={isCrisp}
        hidden={canvas === undefined}
      />
      {lines !== undefined && (
        <div class="picture tube-lines" style={{ "--lines": String(lines) }} aria-hidden="true" />
      )}
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
  const waits = sound.value === "blocked" || sound.value === "stopped";
  if (waits && navigator.userActivation?.hasBeenActive) sound.value = "on";
  element.muted = sound.value !== "on";
  try {
    await element.play();
  } catch (error) {
    if (!isBlocked(error)) return;
    sound.value = "blocked";
    element.muted = true;
    await element.play().catch((reason) => {
      console.warn(`Cannot play: ${errorText(reason)}`);
      if (isBlocked(reason)) sound.value = "stopped";
    });
  }
}

/** Other errors mean that a newer stream took the place of this one. */
function isBlocked(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotAllowedError";
}

/**
 * The button that starts what the browser blocks until a press: the sound, and the picture where even silent ones are
 * blocked (a choice in Firefox, Low Power Mode of iOS).
 */
export function SoundPress() {
  if (sound.value !== "blocked" && sound.value !== "stopped") return null;
  return (
    <button type="button" class="button primary sound-press" onClick={() => (sound.value = "on")}>
      <Icon name="mute" />
      {sound.value === "blocked" ? "Turn on sound" : "Start picture and sound"}
    </button>
  );
}
