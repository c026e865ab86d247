import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import {
  CoreOptions,
  MAX_OPTIONS,
} from "../../../../worker/sources/libretro/options/core_options.ts";
import { LibretroSource } from "../../../../worker/sources/libretro/source.ts";
import { FakeCore } from "../../../fakes/sources/libretro_core.ts";

function declared(wanted: Readonly<Record<string, string>> = {}): CoreOptions {
  const options = new CoreOptions(wanted);
  options.declare("speed", "Speed; slow|fast");
  options.declare("model", "Model (Restart); auto|old|new");
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

Deno.test("[OPT5] a value that a host set is this core's alone: another one begins with what games.toml says", () => {
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
  options.declare("speed", "Speed; slow|fast|faster");
  equal(options.value("speed"), "fast");
  options.declare("speed", "Speed; one|two");
  equal(options.value("speed"), "one");
});

Deno.test("[LBR16] declarations of any form and number are taken within bounds", () => {
  const options = new CoreOptions({});
  for (const text of ["", ";", "Name;", "Name; ", "|||", "x".repeat(100_000), "Name; a"]) {
    options.declare(`${text.length} ${text.slice(0, 9)}`, text);
  }
  options.declare("many", `Many; ${"a|".repeat(5_000)}`);
  for (let n = 0; n < 2 * MAX_OPTIONS; n++) options.declare(`n${n}`, "N; a|b");
  equal(options.size, MAX_OPTIONS);
  for (const { name, choices } of options.list()) ok(name.length <= 200 && choices.length <= 128);
});

/** A core that is loaded anew with the options that it gets, if `takes` allows them. */
function setup(takes: (options: Readonly<Record<string, string>>) => boolean = () => true) {
  const loads: Readonly<Record<string, string>>[] = [];
  const cores: OptionCore[] = [];
  const load = (wanted: Readonly<Record<string, string>>) => {
    const core = new OptionCore(declared(wanted));
    cores.push(core);
    return core;
  };
  const source = new LibretroSource(load({}), {
    owner: "fake",
    warn: () => {},
    reopen: (wanted) => {
      loads.push(wanted);
      return takes(wanted) ? { core: load(wanted) } : { error: "The core does not start so" };
    },
  });
  return { source, cores, loads };
}

class OptionCore extends FakeCore {
  closed = false;
  resets = 0;

  constructor(options: CoreOptions) {
    super();
    Object.assign(this.environment, { options });
    this.battery = Uint8Array.of(0, 0);
  }

  override reset(): void {
    this.resets += 1;
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
