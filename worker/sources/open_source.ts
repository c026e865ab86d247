/**
 * Opens a source that the source thread steps. Every refusal is a sentence that names what cannot be opened and why.
 *
 * @module
 */
import { basename } from "node:path";
import { preciseEpoch } from "../../protocol/clock.ts";
import { buildPaddleDuel } from "./demo/build_rom.ts";
import { openJsnes } from "./jsnes_source.ts";
import { openLibretro } from "./libretro/source.ts";
import type { OpenedSource, SteppedSpec } from "./ports.ts";
import { readPatternFile } from "./pattern_file.ts";
import { readRom } from "./rom_file.ts";
import { openTestPattern } from "./test_pattern.ts";

/** Opens the source that `spec` describes, or returns the reason why it cannot be opened. */
export function openSource(spec: SteppedSpec): OpenedSource {
  switch (spec.kind) {
    case "jsnes": {
      const rom = readRom(spec.rom, spec.zipped);
      if ("error" in rom) return rom;
      const path = spec.zipped === undefined ? spec.rom : basename(spec.zipped);
      return openJsnes({ rom: rom.bytes, path, saves: spec.saves });
    }
    case "libretro": {
      if (spec.zipped === undefined) return openLibretro(spec);
      const rom = readRom(spec.rom, spec.zipped);
      if ("error" in rom) return rom;
      return openLibretro({ ...spec, rom: { name: basename(spec.zipped), bytes: rom.bytes } });
    }
    case "builtin":
      return openBuiltin(spec.core);
    case "pattern":
      return openTestPattern({ ...spec, now: preciseEpoch });
    case "pattern-file": {
      const shape = readPatternFile(spec.path);
      return "error" in shape ? shape : openTestPattern({ ...shape, now: preciseEpoch });
    }
  }
}

/** The built-in game; it is assembled once. */
let paddleDuel: Uint8Array<ArrayBuffer> | undefined;

function openBuiltin(core: string | undefined): OpenedSource {
  const bytes = paddleDuel ??= buildPaddleDuel();
  const name = "paddle-duel.nes";
  if (core === undefined) return openJsnes({ rom: bytes, path: name });
  return openLibretro({ core, rom: { name, bytes } });
}
