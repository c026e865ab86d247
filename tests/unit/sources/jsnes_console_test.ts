import { equal, ok } from "node:assert/strict";
import { openJsnes } from "../../../worker/sources/jsnes_source.ts";
import { consoleClock } from "../../support/cartridges.ts";
import { measureConsole } from "../../support/console_clock.ts";
import { fingerprint, opened, play } from "../../support/screen.ts";

/** The pitch that the cartridge sets is the processor's rate ÷ 16 ÷ 254. */
const PERIOD = 16 * 254;
/** What the cartridge does not count of a picture, in CPU cycles: the sprite transfer and the turns around it. */
const UNCOUNTED = 640;

function embedded(name: string, header: readonly number[] = []) {
  return measureConsole(consoleClock(header), {
    name,
    open: (path, saves) => openJsnes({ rom: Deno.readFileSync(path), path, saves }),
  });
}

function near(found: number, expected: number, { within }: { within: number }): void {
  ok(Math.abs(found - expected) <= within, `${found}, and ${expected} expected`);
}

for (
  const [region, name, { rate, cpu, cycles, blank, lines, pixel }] of [
    [
      "NTSC",
      "clock.nes",
      { rate: 60.0988, cpu: 1_789_773, cycles: 29_780.5, blank: 20, lines: 341 / 3, pixel: 8 / 7 },
    ],
    [
      "PAL",
      "clock (Europe).nes",
      {
        rate: 50.007,
        cpu: 1_662_607,
        cycles: 33_247.5,
        blank: 70,
        lines: 341 / 3.2,
        pixel: 1.3862,
      },
    ],
    [
      "Dendy",
      "clock (Dendy).nes",
      { rate: 50.007, cpu: 1_773_448, cycles: 35_464, blank: 20, lines: 341 / 3, pixel: 1.3862 },
    ],
  ] as const
) {
  Deno.test(`[REG3] the embedded core is a ${region} console in rates, lines and pitch`, () => {
    const clock = embedded(name);
    near(clock.info.frameRate, rate, { within: 0.001 });
    near(clock.info.aspect, 256 * pixel / 240, { within: 0.001 });
    near(clock.samplesPerPicture, 48_000 / rate, { within: 0.5 });
    near(clock.tone, cpu / PERIOD, { within: 0.4 });
    near(clock.blank, blank * lines - 550, { within: 40 });
    near(clock.lines, 102 * lines, { within: 60 });
    near(clock.blank + clock.lines + clock.rest + UNCOUNTED, cycles, { within: 60 });
  });
}

Deno.test("[REG1] iNES and NES 2.0 headers set the embedded core's region", () => {
  equal(embedded("clock.nes", [0, 1]).info.frameRate, 50.00698);
  const nes2 = consoleClock();
  nes2.set([0x08, 0, 0, 0x70, 0, 1], 7);
  const opened = openJsnes({ rom: nes2, path: "clock (USA).nes" });
  ok("source" in opened && opened.source.info.frameRate === 50.00698);
});

for (const name of ["clock (Europe).nes", "clock (Dendy).nes"]) {
  Deno.test(`[SRC2] sixty pictures of "${name}" after a saved state come again`, () => {
    using game = opened(openJsnes({ rom: consoleClock(), path: name }));
    play(game, 90);
    const state = game.save()!;
    const once = Array.from({ length: 60 }, () => [fingerprint(play(game, 1)), soundOf(game)]);
    play(game, 7);
    equal(game.load(state), true);
    const again = Array.from({ length: 60 }, () => [fingerprint(play(game, 1)), soundOf(game)]);
    equal(JSON.stringify(again), JSON.stringify(once));
  });
}

/** How many samples the next step returns. */
function soundOf(game: { step(pads: readonly []): { sound: Int16Array } }): number {
  return game.step([]).sound.length;
}
