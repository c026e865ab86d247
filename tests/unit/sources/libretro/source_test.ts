import { deepEqual, equal, fail } from "node:assert/strict";
import type { Picture, QuarterTurns } from "../../../../media/ports.ts";
import type { AvInfo } from "../../../../worker/sources/libretro/av_info.ts";
import { LibretroSource } from "../../../../worker/sources/libretro/source.ts";
import { openSramFile } from "../../../../worker/sources/sram_file.ts";
import { FakeCore } from "../../../fakes/sources/libretro_core.ts";
import { held } from "../../../support/screen.ts";

function setup(av: Partial<AvInfo> = {}) {
  const core = new FakeCore(av);
  const warnings: string[] = [];
  const source = new LibretroSource(core, {
    owner: "fake",
    warn: (sentence) => warnings.push(sentence),
  });
  return { core, source, warnings };
}

function picture(width: number, height: number, rotation: QuarterTurns = 0): Picture {
  const data = new Uint8Array(width * height * 4);
  return { data, format: "xrgb8888", width, height, stride: width * 4, rotation };
}

Deno.test("[LBR3] a source has the description that its core announces", () => {
  const { source } = setup({ aspect: 1.5, frameRate: 50.00698, sampleRate: 32_040.5 });
  const { frameRate, sampleRate, aspect, width, height } = source.info;
  deepEqual([frameRate, sampleRate, aspect, width, height], [50.00698, 32_040.5, 1.5, 320, 240]);
});

Deno.test("[LBR3] a new frame rate, sample rate or shape in the middle of a game is a new description", () => {
  const { core, source } = setup();
  for (const changes of [{ frameRate: 50 }, { sampleRate: 44_100 }, { aspect: 2 }]) {
    const before = source.info;
    core.announce(changes);
    source.step([]);
    deepEqual(source.info, { ...before, ...changes });
  }
});

Deno.test("[LBR3] a core that announces the same with every picture has one description", () => {
  const { core, source } = setup();
  core.picture = picture(320, 240);
  source.step([]);
  const { info } = source;
  core.announce({});
  source.step([]);
  equal(source.info, info);
});

Deno.test("[LBR3] pixels are square where the core names no shape, at the size of the picture itself", () => {
  const { core, source } = setup({ width: 320, height: 240 });
  core.picture = picture(320, 224);
  source.step([]);
  equal(source.info.aspect, 320 / 224);
  core.picture = picture(640, 224);
  source.step([]);
  equal(source.info.aspect, 640 / 224);
});

Deno.test("[LBR12] a rotated core's description is of the upright picture", () => {
  for (
    const [rotation, size] of [[0, [320, 240]], [1, [240, 320]], [2, [320, 240]], [3, [
      240,
      320,
    ]]] as const
  ) {
    const { core, source } = setup({ rotation });
    core.picture = picture(320, 240, rotation);
    equal(source.step([]).picture, core.picture);
    const { width, height, aspect } = source.info;
    deepEqual([width, height, aspect], [...size, size[0] / size[1]]);
  }
});

Deno.test("[LBR12] the shape that a rotated core announces is that of the upright picture", () => {
  const { core, source } = setup({ rotation: 3, aspect: 3 / 4 });
  core.picture = picture(320, 240, 3);
  source.step([]);
  equal(source.info.aspect, 3 / 4);
});

Deno.test("[LBR12] a core may turn its picture in the middle of a game", () => {
  const { core, source } = setup();
  core.picture = picture(224, 144);
  source.step([]);
  core.announce({ rotation: 1 });
  core.picture = picture(224, 144, 1);
  source.step([]);
  deepEqual([source.info.width, source.info.height], [144, 224]);
});

Deno.test("[LBR12] a rotated core gets the pads unchanged", () => {
  const { core, source } = setup({ rotation: 1 });
  const pads = [held("up")];
  source.step(pads);
  equal(core.pads, pads);
});

Deno.test("[LBR3] rates that cannot be played are reported once, with their values", () => {
  const { core, source, warnings } = setup();
  core.environment.refusedRates = { frameRate: 0, sampleRate: 48_000 };
  source.step([]);
  source.step([]);
  deepEqual(warnings, [
    "The core Fake core announces 0 pictures and 48000 samples a second: those before stay",
  ]);
  equal(source.info.frameRate, 60);
});

Deno.test("[SRC3] battery-backed memory and clock of a cartridge are kept and restored", async () => {
  const folder = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    const warn = (sentence: string) => fail(sentence);
    const open = (battery: number[], clock: number[]) => {
      const core = new FakeCore();
      core.battery = Uint8Array.from(battery);
      core.clock = Uint8Array.from(clock);
      const file = { folder, rom: "/roms/Quest.gb", checksum: 7, warn };
      const kept = { sram: openSramFile(file), clock: openSramFile({ ...file, kind: "rtc" }) };
      return { core, source: new LibretroSource(core, { owner: "fake", warn, ...kept }) };
    };
    const first = open([0, 0], [0]);
    first.core.battery!.set([1, 2]);
    first.core.clock!.set([9]);
    first.source[Symbol.dispose]();
    const second = open([0, 0], [0]);
    deepEqual([[...second.core.battery!], [...second.core.clock!]], [[1, 2], [9]]);
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    deepEqual(names, ["Quest.gb.00000007.rtc", "Quest.gb.00000007.srm"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A core that takes a part of each state, the cartridge's memories with it, and refuses the rest. */
class HalfwayCore extends FakeCore {
  override battery = Uint8Array.of(0, 0);
  override clock = Uint8Array.of(0);

  override serialize(): Uint8Array<ArrayBuffer> {
    return Uint8Array.of(1);
  }

  override unserialize(): boolean {
    this.battery.fill(9);
    this.clock.fill(9);
    return false;
  }
}

Deno.test("[SRC3] a state that a core refuses after a part of it does not change what the cartridge keeps", () => {
  for (const steps of [0, 1]) {
    const core = new HalfwayCore();
    const kept = { battery: [1, 2], clock: [3] };
    const file = (kind: keyof typeof kept) => ({
      fault: undefined,
      read: () => Uint8Array.from(kept[kind]),
      write: (memory: Uint8Array) => void (kept[kind] = [...memory]),
    });
    const files = { sram: file("battery"), clock: file("clock") };
    const source = new LibretroSource(core, { owner: "fake", warn: fail, ...files });
    const state = source.snapshot()!;
    if (steps > 0) {
      source.step([]);
      core.battery.set([5, 6]);
    }
    equal(source.load(state), false);
    source.reset();
    source.save();
    deepEqual(kept, { battery: steps > 0 ? [5, 6] : [1, 2], clock: [3] });
    source[Symbol.dispose]();
  }
});

Deno.test("[SAV20] a source says why its cartridge's memory is not kept, after each state", () => {
  const core = new FakeCore();
  core.battery = Uint8Array.of(1);
  let fault: "full" | undefined;
  const sram = {
    read: () => undefined,
    write: (memory: Uint8Array) => void (fault = memory[0] === 2 ? "full" : undefined),
    get fault() {
      return fault;
    },
  };
  const source = new LibretroSource(core, { owner: "fake", warn: fail, sram });
  source.save();
  equal(source.memoryFault, undefined);
  core.battery[0] = 2;
  source.save();
  equal(source.memoryFault, "full");
  source[Symbol.dispose]();
});
