import { deepEqual, equal, ok } from "node:assert/strict";
import { COMMAND, Environment } from "../../../../worker/sources/libretro/environment.ts";
import { addressOf, allocate, cString } from "../../../../worker/sources/libretro/native.ts";
import { MAX_OPTIONS } from "../../../../worker/sources/libretro/options/definitions.ts";

/** Memory of a core: what is pointed to stays referenced. */
class Memory {
  readonly #kept: Uint8Array[] = [];

  /** An array of structs of so many bytes, each given by its pointers at their offsets; a zeroed one ends it. */
  structs(size: number, ...all: readonly Readonly<Record<number, string | Uint8Array>>[]) {
    const bytes = allocate(size * (all.length + 1));
    const view = new DataView(bytes.buffer);
    for (const [i, pointers] of all.entries()) {
      for (const [offset, target] of Object.entries(pointers)) {
        const bytes = typeof target === "string" ? cString(target) : target;
        this.#kept.push(bytes);
        view.setBigUint64(
          i * size + Number(offset),
          addressOf(bytes as Uint8Array<ArrayBuffer>),
          true,
        );
      }
    }
    return bytes;
  }

  /** The pointers of values and labels that begin at `from`, with the usual value behind them. */
  values(
    from: number,
    values: readonly (readonly [value: string, label?: string])[],
    usual?: string,
  ) {
    const all = values.flatMap(([value, label], i) => [
      [from + i * 16, value],
      ...(label === undefined ? [] : [[from + i * 16 + 8, label]]),
    ]);
    return Object.fromEntries([...all, ...(usual === undefined ? [] : [[from + 2_048, usual]])]);
  }
}

function setup(wanted: Readonly<Record<string, string>> = {}) {
  const environment = new Environment({ system: "/system", saves: "/saves", options: wanted });
  const declare = (command: number, struct: Uint8Array<ArrayBuffer>) =>
    environment.handle(command, Deno.UnsafePointer.of(struct));
  return { memory: new Memory(), options: environment.options, declare };
}

/** The definitions of version 2, and their struct. */
function categorised(memory: Memory) {
  const definitions = memory.structs(
    2_104,
    {
      0: "crop",
      8: "Video > Crop overscan",
      16: "Crop overscan",
      24: "Long help",
      32: "Hides the edge\nof the picture.",
      40: "video",
      ...memory.values(48, [["0", "Off"], ["1", "On"], ["auto"]], "1"),
    },
    {
      0: "model",
      8: "Model (Restart)",
      16: "Model",
      40: "video",
      ...memory.values(48, [["a"], ["b"]]),
    },
    { 0: "plain", 8: "Plain", 24: "Help", 40: "none", ...memory.values(48, [["x"], ["y"]], "z") },
    { 0: "empty", 8: "No choices" },
  );
  const categories = memory.structs(24, { 0: "video", 8: "Picture", 16: "Of the picture" });
  return memory.structs(16, { 0: categories, 8: definitions });
}

const EXPECTED = [
  {
    key: "crop",
    name: "Crop overscan",
    value: "1",
    choices: ["0", "1", "auto"],
    labels: ["Off", "On", "auto"],
    category: "Picture",
    help: "Hides the edge of the picture.",
  },
  { key: "model", name: "Model", value: "a", choices: ["a", "b"], category: "Picture" },
  { key: "plain", name: "Plain", value: "x", choices: ["x", "y"], help: "Help" },
];

Deno.test("[LBR18] options of version 2 have categories, help, words for values, and a usual value", () => {
  const { memory, options, declare } = setup();
  equal(declare(COMMAND.SET_CORE_OPTIONS_V2, categorised(memory)), true);
  deepEqual(options.list(), EXPECTED);
});

Deno.test("[LBR18] of options in two languages the English ones are taken", () => {
  const { memory, options, declare } = setup();
  const both = memory.structs(16, { 0: categorised(memory) });
  equal(declare(COMMAND.SET_CORE_OPTIONS_V2_INTL, both), true);
  deepEqual(options.list(), EXPECTED);
  equal(declare(COMMAND.SET_CORE_OPTIONS_V2_INTL, allocate(16)), false);
  equal(declare(COMMAND.SET_CORE_OPTIONS_INTL, allocate(16)), false);
});

Deno.test("[LBR18] options of version 1 have help and words for values", () => {
  const { memory, options, declare } = setup({ speed: "fast" });
  const definitions = memory.structs(2_080, {
    0: "speed",
    8: "Speed",
    16: "How fast.",
    ...memory.values(24, [["slow", "Slow"], ["fast", "Fast"]], "slow"),
  });
  equal(declare(COMMAND.SET_CORE_OPTIONS, definitions), true);
  deepEqual(options.list(), [{
    key: "speed",
    name: "Speed",
    value: "fast",
    choices: ["slow", "fast"],
    labels: ["Slow", "Fast"],
    help: "How fast.",
  }]);
});

Deno.test("[OPT3] an option whose long name says so counts after a restart", () => {
  const { memory, options, declare } = setup();
  declare(COMMAND.SET_CORE_OPTIONS_V2, categorised(memory));
  for (const key of ["crop", "model"]) options.value(key);
  options.set("model", "b");
  options.value("model");
  options.stepped();
  deepEqual(options.list().map(({ later }) => later), [undefined, "restart", undefined]);
});

Deno.test("[LBR18] options without an end, without categories, and of endless texts are taken within bounds", () => {
  const { memory, options, declare } = setup();
  const endless = Array.from({ length: 200 }, (_, i) => [`${i}`, "l".repeat(5_000)] as const);
  const definitions = memory.structs(
    2_104,
    ...Array.from({ length: MAX_OPTIONS + 9 }, (_, i) => ({
      0: `key ${i}`,
      8: "n".repeat(5_000),
      24: "h".repeat(50_000),
      40: "none",
      ...memory.values(48, i === 0 ? endless.slice(0, 128) : [["a"]]),
    })),
  );
  equal(declare(COMMAND.SET_CORE_OPTIONS_V2, memory.structs(16, { 8: definitions })), true);
  equal(options.size, MAX_OPTIONS);
  for (const { name, choices, labels = [], help = "" } of options.list()) {
    ok(name.length <= 200 && choices.length <= 128 && help.length <= 2_000);
    ok(labels.every((label) => label.length <= 200));
  }
  equal(declare(COMMAND.SET_CORE_OPTIONS_V2, allocate(16)), true);
});
