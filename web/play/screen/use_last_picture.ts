/**
 * Stores the app that is played, with a small picture of it, for the lobby's *Continue* row and covers.
 *
 * @module
 */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { every } from "../../../protocol/clock.ts";
import { useServices } from "../services.ts";

/** How often the picture is taken while playing, in milliseconds. */
const PERIOD = 10_000;
const WIDTH = 320;

/** Stores the room when play begins, and a picture of `video` 2 s later, every 10 s, and when play ends. */
export function useLastPicture(video: RefObject<HTMLVideoElement | null>): void {
  const { clock, connection, game, recents } = useServices();
  const playing = game.state.value.state === "playing";
  useEffect(() => {
    if (!playing) return;
    const keep = ({ pictured }: { readonly pictured: boolean }) => {
      const room = game.room.value;
      const app = connection.apps.value.find(({ app_id }) => app_id === room?.app_id);
      if (!room || !app) return;
      const shown = pictured && (game.canvas.value ?? video.current);
      const picture = shown ? takePicture(shown, room.aspect) : undefined;
      recents.remember({
        app_id: app.app_id,
        room_id: room.room_id,
        title: app.title,
        system: app.system,
        played_at: clock.epoch(),
        ...(picture === undefined ? {} : { picture }),
      });
    };
    const keepPicture = () => keep({ pictured: true });
    // The first pictures of a game are often black; the room counts from the start.
    keep({ pictured: false });
    const keeping = every(clock, PERIOD, keepPicture);
    const first = clock.after(PERIOD / 5, keepPicture);
    return () => {
      keepPicture();
      keeping[Symbol.dispose]();
      first[Symbol.dispose]();
    };
  }, [playing]);
}

/** A small JPEG as a data URL; `undefined` before the first picture. */
function takePicture(
  shown: HTMLVideoElement | HTMLCanvasElement,
  aspect: number,
): string | undefined {
  const [width, height] = shown instanceof HTMLVideoElement
    ? [shown.videoWidth, shown.videoHeight]
    : [shown.width, shown.height];
  if (width === 0) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = Math.round(WIDTH / (aspect || width / height));
  canvas.getContext("2d")?.drawImage(shown, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.72);
}
