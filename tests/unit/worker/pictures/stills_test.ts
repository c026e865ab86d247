import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { createVideoEncoder } from "../../../../media/video_encoder.ts";
import { StreamId } from "../../../../protocol/ids.ts";
import { MAX_PICTURE } from "../../../../protocol/picture/small_picture.ts";
import { makeStill } from "../../../../worker/pictures/make_still.ts";
import {
  STILL_PERIOD,
  StillTaker,
  type StillUnit,
} from "../../../../worker/pictures/still_taker.ts";
import { findPicture, STILL_ADDRESS, Stills } from "../../../../worker/pictures/stills.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { encodeUnits } from "../../../support/media/units.ts";
import { SeededRandom } from "../../../fakes/random.ts";

const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
const ONE = StreamId.parse("str_1");
const START = [0, 0, 0, 1];
const SPS = new Uint8Array([0x67, 1]);
/** A slice of an IDR, and one that is none. */
const IDR = Uint8Array.from([...START, 0x65, 1, 2]);
const SLICE = Uint8Array.from([...START, 0x41, 1, 2]);

function taker(make: (unit: StillUnit) => Promise<Uint8Array<ArrayBuffer> | undefined>) {
  const clock = new FakeClock();
  let taken = 0;
  const stills = new StillTaker({ clock, make, taken: () => void (taken += 1) });
  return {
    clock,
    taken: () => taken,
    unit: (data: Uint8Array, codec: StillUnit["codec"] = "h264") =>
      stills.unit({ codec, data }, [SPS]),
  };
}

Deno.test("[CVR8] a picture is taken of the first keyframe, and of the first one after ten seconds each time", async () => {
  const { clock, taken, unit } = taker(() => Promise.resolve(JPEG));
  unit(SLICE);
  await clock.run(0);
  equal(taken(), 0);
  for (let second = 0; second < 35; second++) {
    unit(IDR);
    await clock.run(1_000);
  }
  equal(taken(), 4);
});

Deno.test("[CVR8] one picture is decoded at a time, with its parameter sets and in memory of its own", async () => {
  const made: StillUnit[] = [];
  const slow = Promise.withResolvers<undefined>();
  const { clock, unit, taken } = taker((unit) => {
    made.push(unit);
    return slow.promise;
  });
  const data = new Uint8Array(IDR);
  unit(data);
  data.fill(0);
  await clock.run(3 * STILL_PERIOD);
  unit(IDR);
  equal(made.length, 1);
  ok(made[0]!.data.includes(0x67) && made[0]!.data.includes(0x65));
  slow.resolve(undefined);
  await clock.run(0);
  unit(Uint8Array.from([...START, 20 << 1, 1, 9]), "hevc");
  equal(made.length, 2);
  equal(taken(), 0);
});

Deno.test("[CVR8] a keyframe that cannot be decoded ends nothing", async () => {
  const { clock, unit, taken } = taker(() => Promise.reject(new Error("no picture")));
  unit(IDR);
  await clock.run(STILL_PERIOD);
  unit(IDR);
  await clock.run(0);
  equal(taken(), 0);
  equal(await makeStill({ codec: "h264", data: IDR }, () => 1), undefined);
  equal(await makeStill({ codec: "hevc", data: new Uint8Array(5_000) }, () => 1), undefined);
});

Deno.test("[CVR8] a keyframe becomes a small JPEG", async () => {
  const width = 640;
  const height = 360;
  const pixels = Uint32Array.from({ length: width * height }, (_, n) => n * 2_654_435 >>> 8);
  using encoder = createVideoEncoder({
    codec: "h264",
    frameRate: 30,
    bitrate: 1_000_000,
    targetHeight: height,
  });
  const picture = {
    data: new Uint8Array(pixels.buffer),
    format: "xrgb8888" as const,
    ...{ width, height, stride: width * 4 },
  };
  const { data } = encoder.encode(picture, { keyframe: true, timestamp: 0 })!;
  const jpeg = (await makeStill({ codec: "h264", data }, () => 16 / 9))!;
  deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  ok(jpeg.length <= MAX_PICTURE);
});

Deno.test("[CVR8] the picture of a camera that lies is upright, in the shape of its display", async () => {
  for (const rotation of [0, 1, 2, 3] as const) {
    const [unit] = encodeUnits({ profile: "baseline", count: 1, size: [320, 180], rotation });
    const jpeg = await makeStill({ codec: "h264", data: unit!.data }, () => 16 / 9);
    const [width, height] = jpegSize(jpeg!);
    equal(width > height, rotation % 2 === 0, `${rotation}: ${width} × ${height}`);
  }
});

/** Width and height from a baseline JPEG's frame header (ISO/IEC 10918-1, B.2.2). */
function jpegSize(jpeg: Uint8Array): [width: number, height: number] {
  const at = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  const view = new DataView(jpeg.buffer, jpeg.byteOffset);
  return [view.getUint16(at + 7), view.getUint16(at + 5)];
}

Deno.test("[CVR9] the address of a picture is replaced every five minutes, and ends with its stream", async () => {
  const clock = new FakeClock();
  const stills = new Stills({ clock, random: new SeededRandom() });
  equal(stills.of(ONE), undefined);
  ok(stills.set(ONE, JPEG));
  const { name } = stills.of(ONE)!;
  clock.advance(7_000);
  deepEqual(await findPicture(name, { stills, covers: undefined }), { jpeg: JPEG, age: 7 });
  ok(!stills.set(ONE, JPEG));
  equal(stills.of(ONE)!.name, name);
  clock.advance(STILL_ADDRESS);
  ok(stills.set(ONE, JPEG));
  notEqual(stills.of(ONE)!.name, name);
  ok(stills.find(name));
  clock.advance(STILL_ADDRESS / 2);
  equal(stills.find(name), undefined);
  const now = stills.of(ONE)!.name;
  stills.remove(ONE);
  equal(stills.find(now), undefined);
  equal(stills.find(""), undefined);
});

Deno.test("[CVR8] what a room process sends that is no small JPEG is dropped", () => {
  const stills = new Stills({ clock: new FakeClock(), random: new SeededRandom() });
  const large = new Uint8Array(MAX_PICTURE + 1);
  large.set(JPEG);
  for (const wrong of [new Uint8Array(), new TextEncoder().encode("<svg/>"), large]) {
    ok(!stills.set(ONE, wrong));
  }
  equal(stills.of(ONE), undefined);
});
