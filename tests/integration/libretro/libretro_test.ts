/**
 * A real libretro core, Nestopia, with cartridges of our own. Where the core is missing, these tests name the
 * package that contains it; in CI that is a failure.
 *
 * @module
 */
import { deepEqual, equal, match, notDeepEqual, notEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { readBarCode } from "../../../protocol/picture/bar_code.ts";
import { buildPaddleDuel } from "../../../worker/sources/demo/build_rom.ts";
import { findCores, systemCoreFolders } from "../../../worker/sources/libretro/cores.ts";
import { Rewinder } from "../../../worker/playback/rewind/rewinder.ts";
import { STILL } from "../../../protocol/rumble/motors.ts";
import { openLibretro } from "../../../worker/sources/libretro/source.ts";
import { openSource } from "../../../worker/sources/open_source.ts";
import type { OpenedSource } from "../../../worker/sources/ports.ts";
import { batteryCounter, consoleClock, rumblingCartridge } from "../../support/cartridges.ts";
import { measureConsole } from "../../support/console_clock.ts";
import { fingerprint, held, opened, play, refusal } from "../../support/screen.ts";

const nestopia = findCores(systemCoreFolders()).find(({ id }) => id === "nestopia");

if (nestopia) {
  const core = nestopia.path;
  const duel = () => opened(openSource({ kind: "builtin", name: "paddle-duel", core }));

  Deno.test("[DUE1] the bar code counts every picture on Nestopia", () => {
    using game = duel();
    play(game, 10);
    const first = readBarCode(play(game, 1))!.frame;
    const counts = Array.from({ length: 300 }, () => readBarCode(play(game, 1))?.frame);
    deepEqual(counts, counts.map((_, i) => (first + 1 + i) % 256));
  });

  Deno.test("[DUE2] A lights the backdrop in the second picture on both cores", () => {
    for (const choice of [{ core }, {}]) {
      for (let wait = 20; wait < 26; wait++) {
        using game = opened(openSource({ kind: "builtin", name: "paddle-duel", ...choice }));
        play(game, wait);
        const lit = [held("a"), held("a"), held("a"), held(), held()]
          .map((pad) => readBarCode(play(game, 1, [pad]))!.lit);
        deepEqual(lit, [false, true, true, true, false]);
      }
    }
  });

  Deno.test("[DUE6] both cores draw the game in its colours and play its sound", () => {
    using game = duel();
    const image = play(game, 150);
    deepEqual([image.width, image.height], [256, 224]);
    const [red, green, blue] = image.data.subarray((120 * 256 + 20) * 4);
    ok(blue! > 200 && green! > 120 && red! < 80, `the left paddle is ${red}, ${green}, ${blue}`);
    let samples = 0;
    let loudest = 0;
    for (let frame = 0; frame < 120; frame++) {
      const { sound } = game.step([]);
      samples += sound.length / 2;
      for (const sample of sound) loudest = Math.max(loudest, Math.abs(sample));
    }
    const expected = 120 * game.info.sampleRate / game.info.frameRate;
    ok(Math.abs(samples - expected) < 10, `${samples} samples, ${expected} expected`);
    ok(loudest > 2_000, `${loudest}`);
  });

  Deno.test("[SRC2] sixty pictures after a saved state are bit-identical after it is loaded", () => {
    using game = duel();
    play(game, 200, [held("down")]);
    const state = game.save()!;
    const once = fingerprint(play(game, 60, [held("up")]));
    play(game, 47);
    equal(game.load(state), true);
    equal(fingerprint(play(game, 60, [held("up")])), once);
  });

  Deno.test("[REW2] a game goes back ten seconds and plays on, picture by picture as before", () => {
    using game = duel();
    const rewinder = new Rewinder({ source: game, changed: () => {} });
    const run = (frames: number) => {
      for (let n = 1; n < frames; n++) {
        game.step([n % 60 < 30 ? held("up") : held("down")]);
        rewinder.stepped();
      }
      const newest = fingerprint(play(game, 1, [held("up")]));
      rewinder.stepped();
      return newest;
    };
    run(60 * 10);
    const tenth = run(60);
    run(60 * 9);
    const before = run(30);
    deepEqual(rewinder.back(10), { seconds: 10.5 });
    equal(run(60), tenth);
    deepEqual(rewinder.undo(), { seconds: 10.5 });
    run(60 * 2);
    rewinder.back(2);
    notEqual(run(1), before);
  });

  Deno.test("[SRC2] the core never gets a broken state or one of another game", () => {
    using game = duel();
    using embedded = opened(openSource({ kind: "builtin", name: "paddle-duel" }));
    play(game, 30);
    play(embedded, 30);
    const state = game.save()!;
    equal(game.load(embedded.save()!), false);
    equal(game.load(state.subarray(0, 100)), false);
    state[50]! ^= 1;
    equal(game.load(state), false);
    play(game, 10);
  });

  Deno.test("[SRC6] a reset starts the game again", () => {
    using game = duel();
    play(game, 60, [held("up")]);
    game.reset();
    const again = play(game, 40);
    using fresh = duel();
    equal(again.width, play(fresh, 40).width);
    notEqual(readBarCode(again), undefined);
    ok(readBarCode(again)!.frame < 60);
  });

  Deno.test("[LBR7] each pad moves its own paddle", () => {
    const playWith = (...pads: Parameters<ReturnType<typeof duel>["step"]>[0]) => {
      using game = duel();
      play(game, 40, [held("left"), held("left")]);
      return fingerprint(play(game, 12, pads));
    };
    const still = playWith(held("left"), held("left"));
    const seen = new Set([
      still,
      playWith(held("up"), held("left")),
      playWith(held("left"), held("up")),
      playWith(held("up"), held("up")),
    ]);
    equal(seen.size, 4);
  });

  Deno.test("[SRC3] a cartridge's memory is kept in the saves folder and restored", () => {
    const folder = Deno.makeTempDirSync();
    const rom = join(folder, "counter.nes");
    const saves = join(folder, "saves");
    Deno.writeFileSync(rom, batteryCounter());
    const spec = { kind: "libretro", core, rom, system: folder, saves, options: {} } as const;
    const shown: number[] = [];
    for (let session = 0; session < 2; session++) {
      using game = opened(openSource(spec));
      shown.push(fingerprint(play(game, 20)));
    }
    const files = Array.from(Deno.readDirSync(saves), ({ name }) => name);
    Deno.removeSync(folder, { recursive: true });
    notEqual(shown[0], shown[1]);
    equal(files.length, 1);
    match(files[0]!, /^counter\.nes\.[0-9a-f]{8}\.srm$/);
  });

  for (
    const [name, header, rate] of [
      ["clock.nes", [], 60],
      ["clock (Europe).nes", [], 50],
      ["clock.nes", [0, 1], 50],
      ["clock (Dendy).nes", [], 50],
    ] as const
  ) {
    const bytes = header.length > 0 ? ` with header bytes ${header.join(" ")}` : "";
    Deno.test(`[REG3] Nestopia and the embedded core are one console for "${name}"${bytes}`, () => {
      const measure = (open: (rom: string, saves: string) => OpenedSource) =>
        measureConsole(consoleClock(header), { name, open });
      const native = measure((rom, saves) =>
        openSource({ kind: "libretro", core, rom, system: saves, saves, options: {} })
      );
      const embedded = measure((rom, saves) => openSource({ kind: "jsnes", rom, saves }));
      equal(Math.round(native.info.frameRate), rate);
      equal(Math.round(embedded.info.frameRate), rate);
      const pixel = ({ info: { aspect, width, height } }: typeof native) => aspect * height / width;
      ok(Math.abs(pixel(native) - pixel(embedded)) < 0.001);
      for (const part of ["blank", "lines", "rest"] as const) {
        ok(
          Math.abs(native[part] - embedded[part]) <= 30,
          `${part}: ${native[part]}, ${embedded[part]}`,
        );
      }
      ok(Math.abs(native.tone - embedded.tone) < 1, `${native.tone} Hz, ${embedded.tone} Hz`);
    });
  }

  Deno.test("[SRC1] a corrupt or missing game is refused, and the core opens the next one", () => {
    const folder = Deno.makeTempDirSync();
    const spec = (name: string) =>
      ({
        kind: "libretro",
        core,
        rom: join(folder, name),
        system: folder,
        saves: folder,
        options: {},
      }) as const;
    Deno.writeTextFileSync(join(folder, "text.nes"), "this is no cartridge".repeat(100));
    Deno.writeFileSync(join(folder, "good.nes"), buildPaddleDuel());
    match(
      refusal(openSource(spec("text.nes"))),
      /^Cannot open the game "text\.nes": the core Nestopia does not accept it/,
    );
    match(refusal(openSource(spec("none.nes"))), /"none\.nes": there is no such file$/);
    using game = opened(openSource(spec("good.nes")));
    notEqual(readBarCode(play(game, 30)), undefined);
    Deno.removeSync(folder, { recursive: true });
  });

  Deno.test("[LBR16] an option that is changed while the game runs counts from the next step", () => {
    using game = duel();
    const [usual, changed] = ["cxa2025as", "rgb"].map((palette) => {
      equal(game.options!.set("nestopia_palette", palette), "set");
      const at = (120 * 256 + 20) * 4;
      return [...play(game, 5).data.slice(at, at + 3)];
    });
    notDeepEqual(changed, usual, "the colour of the left paddle");
    const option = game.options!.list().find(({ key }) => key === "nestopia_palette");
    deepEqual([option?.value, option?.later], ["rgb", undefined]);
  });

  Deno.test("[LBR19] where options have categories Nestopia hides the one that shows others, and it is not shown", () => {
    using game = duel();
    const shown = game.options!.list().map(({ key }) => key);
    equal(shown.includes("nestopia_show_advanced_av_settings"), false);
    equal(shown.includes("nestopia_audio_vol_sq1"), true);
  });

  Deno.test("[LBR11] a core that was closed is opened again, with a state of its own", () => {
    const first = duel();
    const picture = fingerprint(play(first, 40));
    play(first, 40, [held("up")]);
    first[Symbol.dispose]();
    using second = duel();
    equal(fingerprint(play(second, 40)), picture);
  });
} else {
  const sentence = "Cannot test libretro cores: Nestopia is not installed. It is in the Debian " +
    "package libretro-nestopia (apt-get install libretro-nestopia)";
  const inCi = ["true", "1"].includes(Deno.env.get("CI") ?? "");
  Deno.test({
    name: sentence,
    ignore: !inCi,
    fn() {
      throw new Error(sentence);
    },
  });
  if (!inCi) console.warn(sentence);
}

const mgba = findCores(systemCoreFolders()).find(({ id }) => id === "mgba");

Deno.test({
  name:
    "[LBR14] a cartridge with a motor turns it on mGBA (libretro-mgba), until it is reset or loaded",
  ignore: mgba === undefined,
  fn() {
    const rom = { name: "rumble.gb", bytes: rumblingCartridge() };
    using game = opened(openLibretro({ core: mgba!.path, rom }));
    game.step([]);
    game.step([]);
    deepEqual(game.rumble?.[0], { strong: 255, weak: 255 });
    deepEqual(game.rumble?.[1], STILL);
    equal(game.load(game.save()!), true);
    deepEqual(game.rumble?.[0], STILL);
  },
});
