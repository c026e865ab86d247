/**
 * Finds the first hardware encoder that works, by trial. Hardware is never required: one that does not work is named in
 * the log, with the reason.
 *
 * @module
 */
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { Hardware } from "../ports.ts";

/** How encoders are tried. */
export interface TrialOptions {
  /** Whether somebody named the encoder, so that its refusal is a warning. */
  readonly isNamed: boolean;
  readonly log: Log;
  /** Encodes some pictures. Resolves with the reason, a sentence, why the encoder cannot be used, or `undefined`. */
  readonly attempt: (hardware: Hardware) => Promise<string | undefined>;
}

/** Tries the encoders in their order; `undefined`: none works. Never rejects. */
export async function firstWorking(
  encoders: readonly Hardware[],
  { isNamed, log, attempt }: TrialOptions,
): Promise<Hardware | undefined> {
  for (const hardware of encoders) {
    const why = await attempt(hardware).catch(errorText);
    if (why === undefined) {
      log.info("H.264 is encoded by hardware", { encoder: hardware });
      return hardware;
    }
    // Nobody asked for what was found by itself.
    const level = isNamed ? "warn" : "info";
    log[level]("hardware encoder refused: software encodes H.264", { encoder: hardware, why });
  }
  return undefined;
}
