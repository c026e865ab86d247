import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { CoreOptions } from "../../../../worker/sources/libretro/options/core_options.ts";
import {
  MAX_OPTIONS,
  parseDeclaration,
} from "../../../../worker/sources/libretro/options/definitions.ts";
import { LibretroSource } from "../../../../worker/sources/libretro/source.ts";
import type { SramFile } from "../../../../worker/sources/sram_file.ts";
import { FakeCore } from "../../../fakes/sources/libretro_core.ts";

function declare(options: CoreOptions, key: string, text: string): void {
  options.declare(key, parseDeclaration(key, text));
}

function declared(wanted: Readonly<Record<string, string>> = {}): CoreOptions {
  const options = new CoreOptions(wanted);
  declare(options, "speed", "Speed; slow|fast");
  declare(options, "model", "Model (Restart); auto|old|new");
  for (const key of ["speed", "model"]) options.value(key);
  return options;
}

/** The core makes a step in which it reads these options. */
function step(options: CoreOptions, ...read: readonly string[]): void {
  for (const key of read) options.value(key);
  options.stepped();
}

const later = (options: CoreOptions) => options.list().map((option) => option.later);

Deno.test("[LBR16] options are shown as the core declared them", () => {
  const options = declared({ speed: "fast" });
  equal(options.size, 2);
  deepEqual(options.list(), [
    { key: "speed", name: "Speed", value: "fast", choices: ["slow", "fast"] },
    { key: "model", name: "Model (Restart)", value: "auto", choices: ["auto", "old", "new"] },
  ]);
});

Deno.test("[LBR16] a changed option is announced until the next step, in which the core reads it", () => {
  const options = declared();
  equal(options.hasChanged, false);
  equal(options.set("speed", "fast"), "set");
  equal(options.hasChanged, true);
  deepEqual(later(options), ["step", undefined]);
  step(options, "speed");
  equal(options.hasChanged, false);
  deepEqual(later(options), [undefined, undefined]);
  equal(options.awaitsRestart, false);
});

Deno.test("[OPT3] a core that goes on without reading a value has it after a restart", () => {
  const options = declared();
  options.set("speed", "fast");
  step(options, "model");
  deepEqual(later(options), ["restart", undefined]);
  equal(options.awaitsRestart, true);
  options.set("speed", "slow");
  deepEqual(later(options), [undefined, undefined]);
});

Deno.test("[OPT3] an option that says so in its name counts after a restart, also when it was read", () => {
  const options = declared();
  options.set("model", "new");
  step(options, "speed", "model");
  deepEqual(later(options), [undefined, "restart"]);
  options.set("model", "auto");
  deepEqual(later(options), [undefined, undefined]);
});

Deno.test("[OPT5] a value that a host set is this room's alone: the next one begins with what games.toml says", () => {
  const written = Object.freeze({ speed: "fast" });
  const options = declared(written);
  equal(options.set("speed", "slow"), "set");
  deepEqual([written.speed, options.value("speed")], ["fast", "slow"]);
  equal(declared(written).value("speed"), "fast");
});

Deno.test("[OPT2] an unknown key and a value that is no choice change nothing", () => {
  const options = declared();
  const before = options.list();
  equal(options.set("none", "fast"), "unknown");
  equal(options.set("speed", "warp"), "no_choice");
  deepEqual(options.list(), before);
  equal(options.hasChanged, false);
});

Deno.test("[LBR16] an option that is declared again keeps its value while it is a choice", () => {
  const options = declared();
  options.set("speed", "fast");
  declare(options, "speed", "Speed; slow|fast|faster");
  equal(options.value("speed"), "fast");
  declare(options, "speed", "Speed; one|two");
  equal(options.value("speed"), "one");
});

Deno.test("[LBR16] declarations of any form and number are taken within bounds", () => {
  const options = new CoreOptions({});
  for (const text of ["", ";", "Name;", "Name; ", "|||", "x".repeat(100_000), "Name; a"]) {
    declare(options, `${text.length} ${text.slice(0, 9)}`, text);
  }
  declare(options, "many", `Many; ${"a|".repeat(5_000)}`);
  for (let n = 0; n < 2 * MAX_OPTIONS; n++) declare(options, `n${n}`, "N; a|b");
  equal(options.size, MAX_OPTIONS);
  for (const { name, choices } of options.list()) ok(name.length <= 200 && choices.length <= 128);
});

/** What `games.toml` says. */
const WRITTEN = { speed: "fast" };

/** A core that is loaded anew with the options that it gets, if `takes` allows them. */
function setup(
  takes: (options: Readonly<Record<string, string>>) => boolean = () => true,
  written: Readonly<Record<string, string>> = {},
  { sram, hasMemory }: { sram?: SramFile; hasMemory?: boolean } = {},
) {
  const warned: string[] = [];
  const loads: Readonly<Record<string, string>>[] = [];
  const cores: OptionCore[] = [];
  const load = (wanted: Readonly<Record<string, string>>) => {
    const core = new OptionCore(declared(wanted), hasMemory);
    cores.push(core);
    return core;
  };
  const source = new LibretroSource(load(written), {
    owner: "fake",
    sram,
    warn: (sentence) => void warned.push(sentence),
    reopen: (wanted = written) => {
      loads.push(wanted);
      return takes(wanted) ? { core: load(wanted) } : { error: "The core does not start so" };
    },
  });
  return { source, cores, loads, warned };
}

class OptionCore extends FakeCore {
  closed = false;
  resets = 0;

  /** `hasMemory`: its states have the cartridge's memory. */
  constructor(readonly options: CoreOptions, readonly hasMemory = true) {
    super();
    Object.assign(this.environment, { options });
    this.battery = Uint8Array.of(0, 0);
  }

  override reset(): void {
    this.resets += 1;
  }

  override serialize(): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(this.#values());
  }

  /** As a core whose states depend on its options. */
  override unserialize(state: Uint8Array): boolean {
    if (this.hasMemory) this.battery!.set([9, 9]);
    return new TextDecoder().decode(state) === this.#values();
  }

  #values(): string {
    return JSON.stringify(this.options.ofState().values);
  }

  override [Symbol.dispose](): void {
    this.closed = true;
  }
}

Deno.test("[OPT4] a start over loads the game anew while an option waits for it, and memory stays", () => {
  const { source, cores, loads } = setup();
  equal(source.info.options, 2);
  source.reset();
  equal(cores[0]!.resets, 1);
  cores[0]!.battery!.set([7, 8]);
  source.options!.set("model", "new");
  source.reset();
  deepEqual(loads, [{ speed: "slow", model: "new" }]);
  deepEqual([cores[0]!.closed, cores[1]!.closed, cores[1]!.resets], [true, false, 0]);
  equal(source.loads, 1);
  deepEqual([...cores[1]!.battery!], [7, 8]);
  deepEqual(source.options!.list().map(({ value, later }) => [value, later]), [
    ["slow", undefined],
    ["new", undefined],
  ]);
  source.reset();
  equal(loads.length, 1);
});

Deno.test("[OPT4] a core that does not start with the options gets those from before", () => {
  const { source, cores, loads } = setup(({ model }) => model !== "new");
  source.options!.set("model", "new");
  throws(() => source.reset(), /does not start so. The game was started with the options before/);
  deepEqual(loads.map(({ model }) => model), ["new", "auto"]);
  equal(source.options!.list()[1]!.value, "auto");
  source.step([]);
  equal(cores.at(-1)!.closed, false);
});

Deno.test("[OPT4] a core that does not start at all any more ends the game with the reason", () => {
  const { source, cores } = setup(() => false);
  source.options!.set("model", "new");
  throws(() => source.reset(), /does not start so/);
  for (const use of [() => source.step([]), () => source.save(), () => source.reset()]) {
    throws(use, (error: Error) => {
      match(error.message, /does not start so/);
      return true;
    });
  }
  source[Symbol.dispose]();
  equal(cores.length, 1);
});

Deno.test("[OPT4] no step is made in a closed core when loading the game anew throws", () => {
  const { source, cores } = setup(() => {
    throw new Error("Out of memory");
  });
  source.options!.set("model", "new");
  throws(() => source.reset(), /Out of memory/);
  equal(cores[0]!.closed, true);
  throws(() => source.step([]), /closed to be loaded anew/);
  source[Symbol.dispose]();
});

Deno.test("[OPT5] a state has the options that the core had, and those that wait", () => {
  const options = declared({ speed: "fast" });
  deepEqual(options.ofState(), { values: { speed: "fast" }, chosen: {} });
  options.set("model", "new");
  options.set("speed", "slow");
  deepEqual(options.ofState(), {
    values: { speed: "fast" },
    chosen: { speed: "slow", model: "new" },
  });
  step(options, "speed", "model");
  deepEqual(options.ofState(), { values: {}, chosen: { model: "new" } });
});

Deno.test("[OPT5] a state is loaded with its options, whatever games.toml says, and those that waited wait again", () => {
  const before = setup();
  before.source.options!.set("model", "old");
  before.source.reset();
  before.source.options!.set("model", "new");
  const state = before.source.save()!;
  const ofState = before.source.options!.ofState();
  deepEqual(ofState, { values: { model: "old" }, chosen: { model: "new" } });
  const { source, loads, cores, warned } = setup(() => true, WRITTEN);
  equal(source.load(state), false);
  equal(source.resume(state, ofState), true);
  deepEqual(loads, [{ speed: "slow", model: "old" }]);
  deepEqual(source.options!.ofState(), ofState);
  deepEqual([cores[0]!.closed, cores[1]!.closed, source.loads, warned], [true, false, 1, []]);
  source.reset();
  deepEqual(loads.at(-1), { speed: "slow", model: "new" });
});

Deno.test("[OPT5] a core that has the options of a state already is not loaded anew for it", () => {
  const { source, loads } = setup(() => true, WRITTEN);
  equal(source.resume(source.save()!, source.options!.ofState()), true);
  deepEqual(loads, []);
});

Deno.test("[OPT5] options and values that the core does not have are ignored and logged", () => {
  const { source, loads, warned } = setup();
  const ofState = {
    values: { gone: "on", speed: "warp", constructor: "x" },
    chosen: { model: "ancient", __proto__: "new" },
  };
  equal(source.resume(source.save()!, ofState as never), true);
  deepEqual(loads, []);
  deepEqual(source.options!.ofState(), { values: {}, chosen: {} });
  deepEqual(warned.length, 1);
  match(warned[0]!, /gone, speed, constructor, model/);
});

Deno.test("[MOV5] a state that is refused leaves the game as it was opened, with the memory that its cartridge kept", () => {
  const { source, loads, cores } = setup(() => true, WRITTEN);
  const { source: other } = setup();
  const state = other.save()!;
  equal(source.resume(state, { values: { model: "new" }, chosen: {} }), false);
  deepEqual(loads, [{ speed: "slow", model: "new" }, WRITTEN]);
  deepEqual(source.options!.ofState(), { values: WRITTEN, chosen: {} });
  deepEqual([...cores.at(-1)!.battery!], [0, 0]);
  source.step([]);
});

Deno.test("[OPT5] a game that is loaded anew for the options of a state has the memory that its cartridge kept", () => {
  for (const [hasMemory, memory] of [[false, [1, 2]], [true, [9, 9]]] as const) {
    let kept = Uint8Array.of(1, 2);
    const sram: SramFile = {
      fault: undefined,
      read: () => kept.slice(),
      write: (memory) => void (kept = memory.slice()),
    };
    const { source: other } = setup(() => true, { model: "new" });
    const { source, loads } = setup(() => true, WRITTEN, { sram, hasMemory });
    equal(source.resume(other.save()!, other.options!.ofState()), true);
    equal(loads.length, 1);
    source.save();
    deepEqual([...kept], memory);
  }
});

Deno.test("[OPT5] a core that does not start with the options of a state starts with those of games.toml", () => {
  const { source, warned } = setup(({ model }) => model !== "new", WRITTEN);
  const state = source.save()!;
  equal(source.resume(state, { values: { model: "new" }, chosen: {} }), true);
  match(warned[0]!, /does not start so. The game began with those of games.toml/);
});
