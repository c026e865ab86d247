/**
 * Plays the cartridge that measures its console and returns its counts and its tone.
 *
 * @module
 */
import { join } from "node:path";
import type { OpenedSource } from "../../worker/sources/ports.ts";
import { readConsoleClock } from "./cartridges.ts";
import { opened } from "./screen.ts";

/** Pictures until the tone is steady, and how many are measured: 4 s at 60 a second. */
const WARM = 60;
const MEASURED = 240;

/**
 * Opens a source with a fresh folder for battery-backed memory, plays it and closes it. The cartridge's file is
 * `path`; the measured samples are of the left side.
 */
export function measureConsole(
  rom: Uint8Array,
  { name, open }: { name: string; open: (path: string, saves: string) => OpenedSource },
) {
  const folder = Deno.makeTempDirSync({ prefix: "farpad-clock-" });
  const saves = join(folder, "saves");
  try {
    const path = join(folder, name);
    Deno.writeFileSync(path, rom);
    const source = opened(open(path, saves));
    const { info } = source;
    let samples = 0;
    let cycles = 0;
    let before = 0;
    for (let picture = 0; picture < WARM + MEASURED; picture++) {
      const { sound } = source.step([]);
      if (picture < WARM) continue;
      samples += sound.length / 2;
      for (let at = 0; at < sound.length; at += 2) {
        if (before <= 0 && sound[at]! > 0) cycles += 1;
        before = sound[at]!;
      }
    }
    source[Symbol.dispose]();
    const [file] = Array.from(Deno.readDirSync(saves));
    return {
      info,
      samplesPerPicture: samples / MEASURED,
      tone: cycles * info.sampleRate / samples,
      ...readConsoleClock(Deno.readFileSync(join(saves, file!.name))),
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
