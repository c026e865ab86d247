import { deepEqual, equal } from "node:assert/strict";
import { allocate } from "../../../../worker/sources/libretro/native.ts";
import { SoundBuffer } from "../../../../worker/sources/libretro/sound.ts";

function batch(...samples: readonly number[]) {
  const bytes = allocate(samples.length * 2);
  new Int16Array(bytes.buffer).set(samples);
  return { bytes, pointer: Deno.UnsafePointer.of(bytes)!, pairs: samples.length / 2 };
}

Deno.test("[SRC4] single samples and batches follow one another", () => {
  const sound = new SoundBuffer();
  const { pointer, pairs } = batch(3, 4, 5, 6);
  sound.push(1, 2);
  sound.pushBatch(pointer, pairs);
  sound.push(7, -8);
  deepEqual([...sound.samples], [1, 2, 3, 4, 5, 6, 7, -8]);
  sound.clear();
  equal(sound.samples.length, 0);
});

Deno.test("[SRC4] a step's sound is bounded, and samples beyond it are dropped", () => {
  const sound = new SoundBuffer();
  const { pointer, pairs } = batch(...new Array(2000).fill(9));
  for (let round = 0; round < 40; round++) sound.pushBatch(pointer, pairs);
  sound.push(1, 1);
  equal(sound.samples.length, 38_400);
  equal(sound.samples.at(-1), 9);
});
