/**
 * The process that makes the cover of one game, which its argument describes as JSON. The last line that it prints is
 * `cover:` and the JPEG in base64, or `none:` and a sentence. Where the argument describes no game it prints nothing and
 * ends with an error: that says nothing of the game.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { systemClock } from "../../protocol/clock.ts";
import { errorText } from "../../protocol/error_text.ts";
import { readStepped } from "../ipc/source_spec.ts";
import { openSource } from "../sources/open_source.ts";
import type { SteppedSpec } from "../sources/ports.ts";
import { makeCover } from "./make_cover.ts";

console.log((await answer(readStepped(Deno.args[0] ?? ""))).replaceAll("\n", " "));
// A core may have left threads behind.
Deno.exit(0);

async function answer(spec: SteppedSpec): Promise<string> {
  try {
    const opened = openSource(spec);
    if ("error" in opened) return `none:${opened.error}`;
    // It is not disposed: that would write the memory of the cartridge.
    const cover = await makeCover(opened.source, systemClock);
    return cover
      ? `cover:${Buffer.from(cover).toString("base64")}`
      : "none:All its pictures are black or of one colour";
  } catch (error) {
    return `none:${errorText(error)}`;
  }
}
