/**
 * The process that tries one hardware encoder, named by its argument. Its last line is `works`, or the reason why rooms
 * cannot use it.
 *
 * @module
 */
import { tryHardware } from "../../media/hardware/try_hardware.ts";

const [hardware] = Deno.args;
if (hardware !== "vaapi" && hardware !== "nvenc") {
  console.log(`Cannot try the encoder ${hardware}: it must be vaapi or nvenc`);
} else {
  console.log(tryHardware(hardware)?.replaceAll("\n", " ") ?? "works");
}
// A driver may have left threads behind.
Deno.exit(0);
