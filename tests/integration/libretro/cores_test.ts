/**
 * A game of our own on a real core of each system: picture, sound, input, saved state. Where a core is missing, its test
 * names the package that contains it; in CI that is a failure.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Button } from "../../../protocol/control/pad.ts";
import { findCores, systemCoreFolders } from "../../../worker/sources/libretro/cores.ts";
import { openSource } from "../../../worker/sources/open_source.ts";
import { gameBoyAdvanceGame, gameBoyGame } from "../../support/consoles/game_boy.ts";
import { pcEngineGame } from "../../support/consoles/pc_engine.ts";
import { superNintendoGame } from "../../support/consoles/super_nintendo.ts";
import { held, opened, play } from "../../support/screen.ts";

type Colour = "black" | "white" | "red" | "blue";

interface Trial {
  readonly core: string;
  readonly debian: string;
  readonly name: string;
  readonly game: () => Uint8Array<ArrayBuffer>;
  readonly button: Button;
  readonly rate: number;
  /** At rest, and while the button is held. */
  readonly colours: readonly [Colour, Colour];
}

const BSNES = ["accuracy", "balanced", "performance"].flatMap((profile): Trial[] => {
  const shared = {
    core: `bsnes_mercury_${profile}`,
    debian: `libretro-bsnes-mercury-${profile}`,
    button: "b",
    colours: ["blue", "red"],
  } as const;
  return [
    { ...shared, name: "game.sfc", game: () => superNintendoGame(1), rate: 60.1 },
    { ...shared, name: "europe.sfc", game: () => superNintendoGame(2), rate: 50 },
  ];
});

const TRIALS: readonly Trial[] = [
  {
    core: "gambatte",
    debian: "libretro-gambatte",
    name: "game.gb",
    game: gameBoyGame,
    button: "a",
    rate: 59.7,
    colours: ["white", "black"],
  },
  {
    core: "mgba",
    debian: "libretro-mgba",
    name: "game.gba",
    game: gameBoyAdvanceGame,
    button: "a",
    rate: 59.7,
    colours: ["blue", "red"],
  },
  {
    core: "mednafen_pce_fast",
    debian: "libretro-beetle-pce-fast",
    name: "game.pce",
    game: pcEngineGame,
    button: "a",
    rate: 59.8,
    colours: ["blue", "red"],
  },
  ...BSNES,
];

const cores = findCores(systemCoreFolders());

function open(core: string, name: string, bytes: Uint8Array) {
  const folder = Deno.makeTempDirSync();
  try {
    const rom = join(folder, name);
    Deno.writeFileSync(rom, bytes);
    const path = cores.find(({ id }) => id === core)!.path;
    return openSource({
      kind: "libretro",
      core: path,
      rom,
      system: folder,
      saves: folder,
      options: {},
    });
  } finally {
    // The core has read the game; its folder is where it would write.
    Deno.removeSync(folder, { recursive: true });
  }
}

function colourOf({ data, width, height }: ReturnType<typeof play>): Colour | string {
  const at = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4;
  const [red, green, blue] = [...data.subarray(at, at + 3)].map((value) => value > 200);
  if (red && green && blue) return "white";
  if (red && !green && !blue) return "red";
  if (!red && !green && blue) return "blue";
  return red || green || blue ? `${data.subarray(at, at + 3)}` : "black";
}

function test(name: string, { core, debian }: Pick<Trial, "core" | "debian">, fn: () => void) {
  if (cores.some(({ id }) => id === core)) return Deno.test(name, fn);
  const sentence =
    `Cannot test the core ${core}: it is not installed. It is in the Debian package ` +
    `${debian} (apt-get install ${debian})`;
  const inCi = ["true", "1"].includes(Deno.env.get("CI") ?? "");
  if (!inCi) console.warn(sentence);
  Deno.test({
    name: sentence,
    ignore: !inCi,
    fn() {
      throw new Error(sentence);
    },
  });
}

for (const trial of TRIALS) {
  const { core, name, game, button, rate, colours } = trial;
  test(`[LBR13] ${core} plays ${name}: picture, sound, input and saved state`, trial, () => {
    using source = opened(open(core, name, game()));
    ok(Math.abs(source.info.frameRate - rate) < 0.1, `${source.info.frameRate} pictures a second`);
    equal(colourOf(play(source, 45)), colours[0]);
    equal(colourOf(play(source, 5, [held(button)])), colours[1]);
    const state = source.save();
    equal(colourOf(play(source, 5)), colours[0]);
    let loudest = 0;
    let pairs = 0;
    for (let frame = 0; frame < 30; frame++) {
      const { sound } = source.step([]);
      pairs += sound.length / 2;
      for (const sample of sound) loudest = Math.max(loudest, Math.abs(sample));
    }
    ok(loudest > 1_000, `the loudest sample is ${loudest}`);
    const expected = 30 * source.info.sampleRate / source.info.frameRate;
    ok(Math.abs(pairs / expected - 1) < 0.05, `${pairs} samples, ${expected} expected`);
    equal(source.load(state!), true);
    equal(colourOf(play(source, 5, [held(button)])), colours[1]);
  });
}

const REOPENED = ["gambatte", "mgba", "bsnes_mercury_balanced"];
for (
  const trial of TRIALS.filter(({ core, name }) => REOPENED.includes(core) && name !== "europe.sfc")
) {
  const { core, name, game, button, colours } = trial;
  test(
    `[OPT4] ${core} is loaded anew with the option that waits for it, and plays on`,
    trial,
    () => {
      using source = opened(open(core, name, game()));
      play(source, 45);
      const waits = () => source.options!.list().filter(({ later }) => later === "restart");
      for (const { key, value, choices } of source.options!.list()) {
        const other = choices.find((choice) => choice !== value);
        if (other === undefined) continue;
        equal(source.options!.set(key, other), "set");
        play(source, 2);
        if (waits().length > 0) break;
        source.options!.set(key, value);
      }
      const [changed] = waits();
      ok(changed, "the core has an option that counts only after a restart");
      source.reset();
      deepEqual(waits(), []);
      const option = source.options!.list().find(({ key }) => key === changed.key);
      equal(option?.value, changed.value);
      equal(colourOf(play(source, 60)), colours[0]);
      equal(colourOf(play(source, 5, [held(button)])), colours[1]);
    },
  );
}

const MGBA = TRIALS.find(({ core }) => core === "mgba")!;
test("[LBR18] mGBA names categories, help and words for the values of its options", MGBA, () => {
  using source = opened(open(MGBA.core, MGBA.name, MGBA.game()));
  const options = source.options!.list();
  ok(options.every(({ help }) => help));
  ok(new Set(options.map(({ category }) => category)).size > 1);
  const labelled = options.find(({ labels }) => labels)!;
  equal(labelled.labels?.length, labelled.choices.length);
});

test("[LBR7] Beetle PCE Fast reads five pads", TRIALS[2]!, () => {
  const { core, name, button } = TRIALS[2]!;
  const pads = (at: number) => [0, 1, 2, 3, 4].map((n) => n === at ? held(button) : held());
  for (const pad of [1, 2, 3, 4, 5]) {
    using source = opened(open(core, name, pcEngineGame(pad)));
    play(source, 45);
    const colours = [0, 1, 2, 3, 4].map((at) => colourOf(play(source, 5, pads(at))));
    deepEqual(colours, colours.map((_, at) => at === pad - 1 ? "red" : "blue"), `pad ${pad}`);
  }
});

test(
  "[LBR13] two cores with stacks of their own, one after the other, have states of their own",
  BSNES[2]!,
  () => {
    for (let round = 0; round < 2; round++) {
      using source = opened(open(BSNES[2]!.core, "game.sfc", superNintendoGame()));
      deepEqual([colourOf(play(source, 45)), source.info.width], ["blue", 256]);
    }
  },
);

test(
  "[LIB12] Beetle PSX opens nothing without a BIOS: it ends its process",
  { core: "mednafen_psx", debian: "libretro-beetle-psx" },
  () => {
    const folder = Deno.makeTempDirSync();
    try {
      const program = new Uint8Array(4096);
      program.set(new TextEncoder().encode("PS-X EXE"));
      const rom = join(folder, "game.exe");
      Deno.writeFileSync(rom, program);
      const script = join(import.meta.dirname!, "../../support/consoles/open_game.ts");
      const core = cores.find(({ id }) => id === "mednafen_psx")!;
      const { stdout, stderr } = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", script, core.path, rom],
      }).outputSync();
      const text = new TextDecoder();
      equal(text.decode(stdout).includes("opened"), false);
      match(text.decode(stderr), /Error opening file No such file/);
      deepEqual(core.firmware, ["scph5500.bin", "scph5501.bin", "scph5502.bin"]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
);
