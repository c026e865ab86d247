/**
 * Chooses what encodes H.264 in the streams of this box, once, when the agent starts. Hardware is never required: what
 * cannot be used is named in the log with the reason, and software encodes.
 *
 * @module
 */
import { firstWorking } from "../../media/hardware/first_working.ts";
import type { Hardware } from "../../media/ports.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";

/** What a trial's process prints when the encoder works. */
export const WORKS = "works";

/** The setting `encoder`. */
export type EncoderWish = "auto" | "software" | Hardware;

/** The wish, and the two ways of finding out what the box has. */
export interface ChooseEncoderOptions {
  readonly wish: EncoderWish;
  readonly log: Log;
  /** The encoders whose devices are there, the best first. */
  readonly find: () => Promise<readonly Hardware[]>;
  /** Encodes some pictures for a trial; resolves with the reason, a sentence, why streams cannot use it. */
  readonly attempt: (hardware: Hardware) => Promise<string | undefined>;
}

/** The hardware encoder that streams use; `undefined`: software. Never rejects. */
export async function chooseEncoder(
  { wish, log, find, attempt }: ChooseEncoderOptions,
): Promise<Hardware | undefined> {
  if (wish === "software") return undefined;
  const tried = wish === "auto" ? await found(find, log) : [wish];
  if (tried.length === 0) log.debug("H.264 is encoded by software: this box has no encoder");
  return await firstWorking(tried, { isNamed: wish !== "auto", log, attempt });
}

async function found(
  find: ChooseEncoderOptions["find"],
  log: Log,
): Promise<readonly Hardware[]> {
  try {
    return await find();
  } catch (error) {
    log.warn("the encoders of this box cannot be found: software encodes H.264", {
      error: errorText(error),
    });
    return [];
  }
}
