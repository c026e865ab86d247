/**
 * Chooses how SRT is received: by the system's libsrt, which measures and asks back, or where it is not installed
 * through FFmpeg.
 *
 * @module
 */
import { type Libsrt, libsrtFault, openLibsrt } from "../../../media/links/libsrt.ts";
import { receiveByFfmpeg } from "./ffmpeg_receiver.ts";
import { receiveByLibsrt } from "./libsrt_receiver.ts";
import type { FieldReceiver, ReceiverOptions } from "./ports.ts";

/**
 * Listens at the first port that is free, and receives one caller at a time until the process ends. `missing` gets a
 * sentence when the system has no libsrt.
 */
export function receiveSrt(
  options: ReceiverOptions,
  { missing, load = openLibsrt }: {
    readonly missing: (sentence: string) => void;
    readonly load?: () => Libsrt;
  },
): FieldReceiver {
  let library: Libsrt;
  try {
    library = load();
  } catch (error) {
    missing(
      "Keyframes are not requested from the device, and a device that calls again waits until its lost connection " +
        `has timed out, because ${libsrtFault(error)}`,
    );
    void receiveByFfmpeg(options);
    return { figures: undefined, requestKeyframe: () => {} };
  }
  return receiveByLibsrt(options, library);
}
