/**
 * Screenshots: the room's own picture where its worker has one, else what this page shows.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { isRefusal } from "../../../protocol/envelope.ts";
import type { Toaster } from "../../shared/toast.tsx";
import type { MediaConnection } from "../media/media_connection.ts";
import { refusalToast } from "../words/refusals.ts";
import { keepFile } from "./keep_file.ts";
import { assetSentence, fileName } from "./words.ts";

const TYPE = "image/jpeg";

interface ScreenshotOptions {
  readonly clock: Clock;
  readonly media: Pick<MediaConnection, "room" | "assets">;
  readonly toaster: Toaster;
  /** What is shown. */
  readonly title: string;
}

/** Takes a screenshot of the room and lets the browser keep it as a file. Shows what came of it; never rejects. */
export async function takeScreenshot(options: ScreenshotOptions): Promise<void> {
  const { media, toaster } = options;
  // A page that is not secure cannot check what comes.
  if (!isSecureContext) return keepShown(options);
  const refused = new AbortController();
  const delivered = media.assets.delivered(TYPE, refused.signal);
  const answer = await media.room.ask("room.screenshot", {});
  if (isRefusal(answer)) {
    refused.abort();
    if (answer.error.code === "screenshot.none") return keepShown(options);
    return toaster.refused(refusalToast(answer.error));
  }
  const fetched = await delivered;
  if ("failure" in fetched) return toaster.refused(assetSentence(fetched.failure));
  keep(new Blob([fetched.bytes], { type: TYPE }), options);
}

/** Keeps the picture as the page shows it. */
function keepShown(options: ScreenshotOptions): void {
  const { toaster } = options;
  const shown = document.querySelector<HTMLVideoElement | HTMLCanvasElement>(
    ".picture:not([hidden]) canvas, video.picture:not([hidden])",
  );
  const isVideo = shown instanceof HTMLVideoElement;
  const size = isVideo
    ? { width: shown.videoWidth, height: shown.videoHeight }
    : { width: shown?.width ?? 0, height: shown?.height ?? 0 };
  if (!shown || size.width === 0) return toaster.refused("There is no picture yet.");
  const canvas = document.createElement("canvas");
  Object.assign(canvas, size);
  canvas.getContext("2d")?.drawImage(shown, 0, 0);
  canvas.toBlob(
    (blob) => {
      if (blob) keep(blob, options);
      else toaster.refused("This browser cannot make a file of the picture.");
    },
    TYPE,
    0.95,
  );
}

function keep(blob: Blob, { clock, toaster, title }: ScreenshotOptions): void {
  keepFile(blob, fileName(title, { at: clock.epoch(), ending: "jpg" }), clock);
  toaster.done("The screenshot is in your downloads.");
}
