import { concat } from "../../../../protocol/bytes/concat.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { FragmentWriter } from "../../../../media/mp4/fragment_writer.ts";
import { FileIndex, isFinished } from "../../../../media/mp4/finish.ts";
import { readFragments } from "../../../../media/mp4/read_fragments.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { encodeScene, probe, record } from "../../../support/media/recorded.ts";

const SCENE = encodeScene(4);

async function probeBytes(bytes: Uint8Array) {
  const path = join(await Deno.makeTempDir(), "video.mp4");
  await Deno.writeFile(path, bytes);
  return await probe(path);
}

/** The file as it is once it is finished. */
async function finished(bytes: Uint8Array): Promise<Uint8Array> {
  const samples = new FileIndex();
  const read = (at: number, size: number) => bytes.subarray(at, at + size);
  const content = await readFragments(read, bytes.length, (chunk) => samples.add(chunk));
  const { end, index, patch } = samples.finish(content!)!;
  const whole = concat([bytes.subarray(0, end), ...index!]);
  whole.set(patch.bytes, patch.offset);
  return whole;
}

Deno.test("[REC1] a recording holds every picture and every packet of sound in time, without a second encode", async () => {
  const found = await probeBytes(concat(record(SCENE)));
  equal(found.pictures, SCENE.filter((each) => "frame" in each).length);
  deepEqual(found.size, [320, 240]);
  ok(found.sounds > 390, `${found.sounds} packets of sound`);
  ok(Math.abs(found.lastPicture - 119 / 30) < 0.01, `last picture at ${found.lastPicture} s`);
  ok(Math.abs(found.lastSound - 4) < 0.1, `last sound at ${found.lastSound} s`);
});

Deno.test("[REC2] a file that was cut off anywhere plays up to its last whole fragment", async () => {
  const pieces = record(SCENE);
  const whole = concat(pieces);
  const cut = whole.subarray(0, whole.length - Math.floor(pieces.at(-1)!.length / 2) - 1);
  const found = await probeBytes(await finished(cut));
  ok(found.pictures >= 60 && found.pictures < 120, `${found.pictures} pictures`);
  // Wherever it is cut, what is read is never more than what is there.
  for (let length = 0; length < whole.length; length += 997) {
    const part = whole.subarray(0, length);
    const content = await readFragments(
      (at, size) => part.subarray(at, at + size),
      length,
      () => {},
    );
    ok(!content || content.end <= length);
  }
});

Deno.test("[REC3] a finished recording has an index: its length is known, and FFmpeg reads the same samples", async () => {
  const bytes = concat(record(SCENE));
  const before = await probeBytes(bytes);
  const after = await probeBytes(await finished(bytes));
  ok(isFinished(await finished(bytes)) && !isFinished(bytes));
  ok(Math.abs(after.duration - 4) < 0.1, `${after.duration} s`);
  equal(after.pictures, before.pictures);
  equal(after.sounds, before.sounds);
  ok(Math.abs(after.lastPicture - before.lastPicture) < 0.001);
  ok(Math.abs(after.lastSound - before.lastSound) < 0.001);
});

Deno.test("[REC3] a recording without sound has no track of sound, and one without a picture is none", async () => {
  const silent = concat(record(SCENE.filter((each) => "frame" in each)));
  equal((await probeBytes(await finished(silent))).sounds, 0);
  const blind = record(SCENE.filter((each) => "packets" in each));
  equal(blind.length, 0);
});

Deno.test("[REC1] the shape of the picture is kept, and a picture of another size goes on in it", async () => {
  const larger = encodeScene(2, { width: 640, height: 480, begin: 9_000 });
  const found = await probeBytes(await finished(concat(record([...SCENE, ...larger], 16 / 9))));
  equal(found.pictures, [...SCENE, ...larger].filter((each) => "frame" in each).length);
  ok(Math.abs(found.pixelAspect - 16 / 9 / (4 / 3)) < 0.01, `${found.pixelAspect}`);
});

Deno.test("[REC4] a long pause is left out, for pictures and sound alike", async () => {
  const later = encodeScene(2, { begin: 600_000 });
  const found = await probeBytes(await finished(concat(record([...SCENE, ...later]))));
  ok(Math.abs(found.duration - 6.04) < 0.15, `${found.duration} s`);
  ok(Math.abs(found.lastSound - found.lastPicture) < 0.15);
});

Deno.test("[REC1] it begins at a keyframe, and frames of VP8 are none of it", () => {
  const writer = new FragmentWriter();
  const frame = { data: new Uint8Array([0, 0, 1, 0x41, 1]), timestamp: 0 };
  equal(writer.frame({ ...frame, codec: "h264", keyframe: false }, 0 as Millis), undefined);
  equal(writer.frame({ ...frame, codec: "vp8", keyframe: true }, 0 as Millis), undefined);
  equal(writer.at(0 as Millis), undefined);
  equal(writer.end(), undefined);
});
