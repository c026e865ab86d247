/**
 * Chooses how SRT is received: by the system's libsrt, which measures and asks back, or where it is not installed
 * through FFmpeg.
 *
 * @module
 */
import { type Libsrt, openLibsrt } from "../../../media/links/libsrt.ts";
import { receiveByFfmpeg } from "./ffmpeg_receiver.ts";
import { receiveByLibsrt } from "./libsrt_receiver.ts";
import type { ReceiverOptions, SrtReceiver } from "./ports.ts";

/** Listens at the first port that is free, and receives one caller at a time until the process ends. */
export function receiveSrt(
  options: ReceiverOptions,
  load: () => Libsrt = openLibsrt,
): SrtReceiver {
  let library: Libsrt;
  try {
    library = load();
  } catch {
    // The worker needs no system package; a device without libsrt says so in its log.
    void receiveByFfmpeg(options);
    return { figures: undefined, requestKeyframe: () => {} };
  }
  return receiveByLibsrt(options, library);
}
