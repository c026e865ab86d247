import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { COMMAND, Environment } from "../../../../worker/sources/libretro/environment.ts";
import { addressOf, allocate, cString } from "../../../../worker/sources/libretro/native.ts";

/** An environment and a core's calls to it, with structs in native memory. */
function setup(options: Readonly<Record<string, string>> = {}) {
  const environment = new Environment({ system: "/system", saves: "/saves", options });
  const call = (command: number, struct?: Uint8Array<ArrayBuffer>) =>
    environment.handle(command, struct ? Deno.UnsafePointer.of(struct) : null);
  return { environment, call };
}

function words(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = allocate(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value, true));
  return bytes;
}

function pointers(...targets: readonly (Uint8Array<ArrayBuffer> | undefined)[]) {
  const bytes = allocate(targets.length * 8);
  const view = new DataView(bytes.buffer);
  targets.forEach((target, i) => view.setBigUint64(i * 8, target ? addressOf(target) : 0n, true));
  return bytes;
}

function pointedText(struct: Uint8Array<ArrayBuffer>, offset = 0): string {
  const address = new DataView(struct.buffer).getBigUint64(offset, true);
  return Deno.UnsafePointerView.getCString(Deno.UnsafePointer.create(address)!);
}

/** A `retro_system_av_info`. */
function avInfo({ width = 320, height = 240, aspect = 0, frameRate = 50, sampleRate = 32000 }) {
  const bytes = words(width, height, width, height, 0, 0, 0, 0, 0, 0);
  const view = new DataView(bytes.buffer);
  view.setFloat32(16, aspect, true);
  view.setFloat64(24, frameRate, true);
  view.setFloat64(32, sampleRate, true);
  return bytes;
}

Deno.test("[LBR1] a core gets its folders as text that stays valid", () => {
  const { call } = setup();
  const answer = pointers(undefined);
  equal(call(COMMAND.GET_SYSTEM_DIRECTORY, answer), true);
  equal(pointedText(answer), "/system");
  equal(call(COMMAND.GET_SAVE_DIRECTORY, answer), true);
  equal(pointedText(answer), "/saves");
});

Deno.test("[LBR1] a core gets the supported features", () => {
  const { call } = setup();
  const number = words(0xffff_ffff);
  equal(call(COMMAND.GET_CAN_DUPE, number), true);
  equal(number[0], 1);
  equal(call(COMMAND.GET_CORE_OPTIONS_VERSION, number), true);
  deepEqual([...number], [2, 0, 0, 0]);
  equal(call(COMMAND.GET_INPUT_MAX_USERS, number), true);
  equal(number[0], 5);
  equal(call(COMMAND.GET_INPUT_BITMASKS), true);
});

Deno.test("[LBR1] an unknown command is not available, with any data", () => {
  const { call } = setup();
  for (const command of [0, 5, 23, 27, 28, 52 | 0x10000, 9999, 0xffff_ffff]) {
    equal(call(command, words(1, 2, 3)), false);
    equal(call(command), false);
  }
});

Deno.test("[LBR2] all three pixel formats are accepted, a fourth is refused", () => {
  const { environment, call } = setup();
  equal(environment.pixelFormat, "0rgb1555");
  const formats = [0, 1, 2].map((number) => {
    equal(call(COMMAND.SET_PIXEL_FORMAT, words(number)), true);
    return environment.pixelFormat;
  });
  deepEqual(formats, ["0rgb1555", "xrgb8888", "rgb565"]);
  equal(call(COMMAND.SET_PIXEL_FORMAT, words(3)), false);
  equal(environment.pixelFormat, "rgb565");
});

Deno.test("[LBR3] a change of rates or geometry makes a new description", () => {
  const { environment, call } = setup();
  call(COMMAND.SET_SYSTEM_AV_INFO, avInfo({ aspect: 1.5 }));
  const first = environment.av;
  deepEqual(first, {
    width: 320,
    height: 240,
    aspect: 1.5,
    rotation: 0,
    frameRate: 50,
    sampleRate: 32000,
  });
  call(COMMAND.SET_GEOMETRY, avInfo({ width: 640, height: 480 }));
  notEqual(environment.av, first);
  deepEqual(environment.av, { ...first, width: 640, height: 480, aspect: undefined });
});

Deno.test("[LBR3] an aspect of zero, below zero or no number means square pixels", () => {
  const { environment, call } = setup();
  for (const aspect of [0, -1, NaN, Infinity, 1e-30, 1_000]) {
    call(COMMAND.SET_SYSTEM_AV_INFO, avInfo({ aspect }));
    equal(environment.av.aspect, undefined);
  }
});

Deno.test("[LBR3] a size that no picture can have is ignored", () => {
  const { environment, call } = setup();
  call(COMMAND.SET_SYSTEM_AV_INFO, avInfo({}));
  for (const [width, height] of [[0, 240], [320, 0], [70_000, 240]] as const) {
    equal(call(COMMAND.SET_GEOMETRY, avInfo({ width, height, aspect: 1.5 })), true);
    deepEqual([environment.av.width, environment.av.height], [320, 240]);
    equal(environment.av.aspect, 1.5);
  }
});

for (
  const rates of [
    { frameRate: 0 },
    { frameRate: NaN },
    { frameRate: -60 },
    { frameRate: 1e9 },
    { sampleRate: 0 },
    { sampleRate: Infinity },
  ]
) {
  Deno.test(`[LBR3] ${JSON.stringify(rates)} is refused, and the values before stay`, () => {
    const { environment, call } = setup();
    call(COMMAND.SET_SYSTEM_AV_INFO, avInfo({}));
    const { av } = environment;
    equal(call(COMMAND.SET_SYSTEM_AV_INFO, avInfo(rates)), false);
    equal(environment.av, av);
    deepEqual(environment.refusedRates, { frameRate: 50, sampleRate: 32000, ...rates });
    equal(call(COMMAND.SET_SYSTEM_AV_INFO, avInfo({ frameRate: 60 })), true);
    equal(environment.refusedRates, undefined);
  });
}

Deno.test("[LBR12] the four rotations are accepted and stay after a change of geometry; others are refused", () => {
  const { environment, call } = setup();
  for (const turns of [3, 2, 1, 0]) {
    equal(call(COMMAND.SET_ROTATION, words(turns)), true);
    call(COMMAND.SET_GEOMETRY, avInfo({}));
    call(COMMAND.SET_SYSTEM_AV_INFO, avInfo({}));
    equal(environment.av.rotation, turns);
  }
  equal(call(COMMAND.SET_ROTATION, words(4)), false);
  equal(environment.av.rotation, 0);
});

Deno.test("[LBR4] an option has the core's first choice, or the one that is wanted and exists", () => {
  const { call } = setup({ speed: "fast", colour: "ultraviolet" });
  const texts = ["speed", "Speed; slow|fast", "colour", "Colour; red|blue"].map(cString);
  equal(call(COMMAND.SET_VARIABLES, pointers(...texts, undefined, undefined)), true);
  const value = (key: string) => {
    const name = cString(key);
    const struct = pointers(name, undefined);
    return call(COMMAND.GET_VARIABLE, struct) ? pointedText(struct, 8) : undefined;
  };
  deepEqual([value("speed"), value("colour"), value("none")], ["fast", "red", undefined]);
});

Deno.test("[LBR19] an option that the core hides is not shown until the core shows it, and keeps its value", () => {
  const { environment: { options }, call } = setup({ speed: "fast" });
  const texts = ["speed", "Speed (Restart); slow|fast", "colour", "Colour; red|blue"].map(cString);
  call(COMMAND.SET_VARIABLES, pointers(...texts, undefined, undefined));
  const display = (key: string, isShown: boolean) => {
    const struct = pointers(cString(key), undefined);
    // Only one byte of a bool is its own.
    new DataView(struct.buffer).setUint32(8, isShown ? 0xa5a5_a501 : 0xa5a5_a500, true);
    return call(COMMAND.SET_CORE_OPTIONS_DISPLAY, struct);
  };
  const shown = () => options.list().map(({ key }) => key);
  equal(display("speed", false), true);
  equal(display("none", false), true);
  deepEqual([shown(), options.size, options.value("speed")], [["colour"], 2, "fast"]);
  equal(options.set("speed", "slow"), "set");
  equal(options.awaitsRestart, true, "a value that waits does so also unseen");
  display("speed", true);
  deepEqual(shown(), ["speed", "colour"]);
});

/** An array of `retro_controller_info`. */
function controllers(...ports: readonly (readonly (readonly [string, number])[])[]) {
  const kept: Uint8Array[] = [];
  const info = allocate((ports.length + 1) * 16);
  for (const [port, devices] of ports.entries()) {
    const types = allocate(Math.max(1, devices.length) * 16);
    for (const [at, [name, device]] of devices.entries()) {
      const text = cString(name);
      kept.push(text);
      new DataView(types.buffer).setBigUint64(at * 16, addressOf(text), true);
      new DataView(types.buffer).setUint32(at * 16 + 8, device, true);
    }
    kept.push(types);
    new DataView(info.buffer).setBigUint64(port * 16, addressOf(types), true);
    new DataView(info.buffer).setUint32(port * 16 + 8, devices.length, true);
  }
  return { info, kept };
}

Deno.test("[LBR17] the multitap of the last port that can have one is found", () => {
  const { environment, call } = setup();
  equal(environment.multitap, undefined);
  const pad = ["SNES Joypad", 1] as const;
  const without = controllers([pad], [pad, ["SNES Mouse", 2]]);
  equal(call(COMMAND.SET_CONTROLLER_INFO, without.info), true);
  equal(environment.multitap, undefined);
  const one = controllers([pad, ["Multitap", 513]], [pad, ["Multi-Tap", 257], ["Mouse", 2]], [pad]);
  equal(call(COMMAND.SET_CONTROLLER_INFO, one.info), true);
  deepEqual(environment.multitap, { port: 1, device: 257 });
  const empty = controllers([], []);
  equal(call(COMMAND.SET_CONTROLLER_INFO, empty.info), true);
  equal(call(COMMAND.SET_CONTROLLER_INFO), true);
  ok(without.kept.length + one.kept.length + empty.kept.length > 0, "kept while the calls ran");
});

Deno.test("[LBR5] hardware rendering is refused, and the request is kept", () => {
  const { environment, call } = setup();
  equal(environment.needsGpu, false);
  equal(call(COMMAND.SET_HW_RENDER, words(1)), false);
  equal(environment.needsGpu, true);
});

Deno.test("[LBR6] a core's message to the player, and that the game ended itself, are kept", () => {
  const { environment, call } = setup();
  const text = cString("no such bios");
  equal(call(COMMAND.SET_MESSAGE, pointers(text, undefined)), true);
  equal(environment.message, "no such bios");
  equal(environment.ended, false);
  equal(call(COMMAND.SHUTDOWN), true);
  equal(environment.ended, true);
});
