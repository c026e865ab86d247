/**
 * Chooses what encodes H.264 in the rooms of a worker, once, at its start. Hardware is never required: what cannot be
 * used is named in the log, and rooms encode by software.
 *
 * @module
 */
import { firstWorking } from "../../media/hardware/first_working.ts";
import type { Hardware } from "../../media/ports.ts";
import type { Log } from "../../protocol/log.ts";
import type { WorkerSettings } from "../../protocol/settings/worker.ts";
import { candidates, DEVICES } from "./candidates.ts";

/** The wish, and the two ways of finding out what the machine has. */
export interface ChooseOptions {
  readonly wish: WorkerSettings["encoder"];
  readonly log: Log;
  /** Those of the paths that exist. */
  readonly findDevices: (paths: readonly string[]) => Promise<readonly string[]>;
  /** Tries an encoder. Resolves with the reason, a sentence, why rooms cannot use it, or `undefined`. */
  readonly attempt: (hardware: Hardware) => Promise<string | undefined>;
}

/** The hardware encoder that rooms use; `undefined`: software. */
export async function chooseHardware(
  { wish, log, findDevices, attempt }: ChooseOptions,
): Promise<Hardware | undefined> {
  const marks = Object.values(DEVICES).flatMap((each) => each.marks);
  const present = wish === "auto" ? new Set(await findDevices(marks)) : new Set<string>();
  const tried = candidates(wish, present);
  if (tried.length === 0) log.debug("H.264 is encoded by software", { wish });
  return await firstWorking(tried, { isNamed: wish !== "auto", log, attempt });
}
