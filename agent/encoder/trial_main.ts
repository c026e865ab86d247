/**
 * The task `encoder NAME`: encodes some pictures with a hardware encoder. Its last line is `works`, or the reason why
 * streams cannot use it.
 *
 * @module
 */
import { HARDWARE_NAMES, tryHardware } from "../../media/hardware/try_hardware.ts";
import type { Hardware } from "../../media/ports.ts";
import { WORKS } from "./choose_encoder.ts";

/** Prints the answer, and ends the process: a driver may have left threads behind. */
export function printTrial([name = ""]: readonly string[]): never {
  console.log(isHardware(name) ? tryHardware(name)?.replaceAll("\n", " ") ?? WORKS : unknown(name));
  Deno.exit(0);
}

function isHardware(name: string): name is Hardware {
  return Object.hasOwn(HARDWARE_NAMES, name);
}

function unknown(name: string): string {
  return `Cannot try the encoder ${name}: it must be ${Object.keys(HARDWARE_NAMES).join(", ")}`;
}
