import { deepEqual, equal } from "node:assert/strict";
import { NEUTRAL_PAD, type PadState } from "../../../../../protocol/control/pad.ts";
import { HAS_OWN_STACK_CALLBACKS } from "../../../../../worker/sources/libretro/callbacks/machine_code.ts";
import { OwnStackCallbacks } from "../../../../../worker/sources/libretro/callbacks/own_stack.ts";
import { Inputs } from "../../../../../worker/sources/libretro/inputs.ts";
import { allocate } from "../../../../../worker/sources/libretro/native.ts";
import { CAPACITY, SoundBuffer } from "../../../../../worker/sources/libretro/sound.ts";
import {
  AUDIO_BATCH,
  AUDIO_SAMPLE,
  ENVIRONMENT,
  INPUT_STATE,
  VIDEO_REFRESH,
} from "../../../../../worker/sources/libretro/symbols.ts";
import { held } from "../../../../support/screen.ts";

/** A pointer as one to a function. */
const at = <T>(pointer: Deno.PointerValue) =>
  Deno.UnsafePointer.create<T>(Deno.UnsafePointer.value(pointer))!;

/** The callbacks as a core would call them. */
function setup() {
  const commands: number[] = [];
  const environment = new Deno.UnsafeCallback(ENVIRONMENT, (command) => {
    commands.push(command);
    return true;
  });
  const own = new OwnStackCallbacks(environment.pointer);
  const inputs = new Inputs();
  const call = {
    video: new Deno.UnsafeFnPointer(at(own.video), VIDEO_REFRESH),
    sample: new Deno.UnsafeFnPointer(at(own.sample), AUDIO_SAMPLE),
    batch: new Deno.UnsafeFnPointer(at(own.batch), AUDIO_BATCH),
    state: new Deno.UnsafeFnPointer(at(own.state), INPUT_STATE),
    environment: new Deno.UnsafeFnPointer(at(own.environment), ENVIRONMENT),
    elsewhere: new Deno.UnsafeFnPointer(at(own.environment), { ...ENVIRONMENT, nonblocking: true }),
  };
  return {
    own,
    inputs,
    call,
    commands,
    [Symbol.dispose]() {
      own[Symbol.dispose]();
      environment.close();
    },
  };
}

/** Where there are no such callbacks, no core is given them (LBR10). */
const test = (name: string, fn: () => void | Promise<void>) =>
  Deno.test({ name, ignore: !HAS_OWN_STACK_CALLBACKS, fn });

test("[LBR15] machine code reads every control as the inputs have it", () => {
  using parts = setup();
  const sticks: PadState = { ...NEUTRAL_PAD, axes: [100, -200, 300, -400], triggers: [255, 3] };
  const pads = [held("b", "up", "r3"), sticks];
  parts.inputs.set(pads);
  parts.own.begin(parts.inputs);
  const ids = [0, 1, 4, 12, 13, 15, 16, 255, 256, 257];
  for (const port of [0, 1, 4, 7, 8, 1000]) {
    for (const device of [0, 1, 0x101, 2, 5, 0x205]) {
      for (const index of [0, 1, 2, 3]) {
        for (const id of ids) {
          if ((device & 0xff) === 5 && index < 2 && id > 1) continue;
          const expected = new Inputs();
          expected.set(pads);
          const read = { device, index, id };
          const isButton = (device & 0xff) === 1 || ((device & 0xff) === 5 && index === 2);
          const isKnown = id < 16 || (id === 256 && (device & 0xff) === 1);
          const value = (isButton && !isKnown) || index > 2 && !isButton
            ? 0
            : expected.state(port, read);
          equal(
            parts.call.state.call(port, device, index, id),
            value,
            JSON.stringify([port, read]),
          );
        }
      }
    }
  }
});

test("[LBR15] a core that read a stick once gets no directions from it afterwards", () => {
  using parts = setup();
  parts.inputs.set([{ ...NEUTRAL_PAD, axes: [-32_000, 0, 0, 0] }]);
  parts.own.begin(parts.inputs);
  equal(parts.call.state.call(0, 1, 0, 6), 1);
  equal(parts.call.state.call(0, 5, 0, 0), -32_000);
  parts.own.begin(parts.inputs);
  equal(parts.call.state.call(0, 1, 0, 6), 0);
});

test("[LBR15] the sound of a step is bounded, and what is beyond is dropped", () => {
  using parts = setup();
  const sound = new SoundBuffer();
  parts.own.begin(parts.inputs);
  parts.call.sample.call(-5, 7);
  const samples = allocate(CAPACITY * 8);
  new Int16Array(samples.buffer).fill(9);
  const from = Deno.UnsafePointer.of(samples);
  equal(parts.call.batch.call(from, 2), 2n);
  equal(parts.call.batch.call(from, CAPACITY * 2), BigInt(CAPACITY * 2));
  parts.call.sample.call(1, 1);
  parts.own.end(sound);
  equal(sound.samples.length, CAPACITY * 2);
  deepEqual([...sound.samples.subarray(0, 6)], [-5, 7, 9, 9, 9, 9]);
  sound.clear();
  parts.own.begin(parts.inputs);
  parts.own.end(sound);
  equal(sound.samples.length, 0);
});

test("[LBR15] the newest picture counts, and no pixels mean the same one again", () => {
  using parts = setup();
  const pixels = allocate(8);
  const pointer = Deno.UnsafePointer.of(pixels);
  const sound = new SoundBuffer();
  parts.own.begin(parts.inputs);
  parts.call.video.call(pointer, 1, 1, 4);
  parts.call.video.call(pointer, 2, 1, 8);
  parts.call.video.call(null, 9, 9, 9);
  const drawn = parts.own.end(sound)!;
  deepEqual([drawn.width, drawn.height, drawn.stride], [2, 1, 8]);
  equal(Deno.UnsafePointer.value(drawn.pixels), Deno.UnsafePointer.value(pointer));
  parts.own.begin(parts.inputs);
  equal(parts.own.end(sound), undefined);
});

test("[LBR15] what a core asks on another stack is answered as not available and enters no engine", async () => {
  using parts = setup();
  equal(parts.call.environment.call(3, null), true);
  equal(await parts.call.elsewhere.call(4, null), false);
  deepEqual(parts.commands, [3]);
});
