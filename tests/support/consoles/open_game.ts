/**
 * Opens the game at the second path in the core at the first, in a process of its own, and prints `opened`, or the
 * sentence of the refusal.
 *
 * @module
 */
import { dirname } from "node:path";
import { openSource } from "../../../worker/sources/open_source.ts";

const [core = "", rom = ""] = Deno.args;
const system = dirname(rom);
const result = openSource({ kind: "libretro", core, rom, system, options: {} });
console.log("error" in result ? result.error : "opened");
