import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { smallSize } from "../../../../media/pictures/jpeg.ts";
import type { Picture } from "../../../../media/ports.ts";
import { MAX_PICTURE } from "../../../../protocol/picture/small_picture.ts";
import { roomSandbox } from "../../../../worker/isolation/sandbox.ts";
import { confined, readAnswer } from "../../../../worker/pictures/cover_process.ts";
import { interestOf } from "../../../../worker/pictures/interest.ts";
import { makeCover, STEPPING_LIMIT } from "../../../../worker/pictures/make_cover.ts";
import type { Source } from "../../../../worker/sources/ports.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const WIDTH = 64;
const HEIGHT = 48;

/** A picture of one colour, or with `stripes` of two. */
function picture(stripes: number): Picture {
  const pixels = new Uint32Array(WIDTH * HEIGHT).fill(0x202020);
  for (let n = 0; n < stripes; n++) {
    for (let y = 0; y < HEIGHT; y++) pixels[y * WIDTH + n * 2] = 0xf0f0f0;
  }
  return {
    data: new Uint8Array(pixels.buffer),
    format: "xrgb8888",
    width: WIDTH,
    height: HEIGHT,
    stride: WIDTH * 4,
  };
}

/** A game of ten pictures a second, whose picture at each second `pictureAt` gives. */
function source(pictureAt: (second: number) => Picture | undefined, stepped?: () => void): Source {
  let frame = 0;
  return {
    info: {
      frameRate: 10,
      sampleRate: 48_000,
      width: WIDTH,
      height: HEIGHT,
      aspect: 3 / 4,
      players: 1,
    },
    step() {
      stepped?.();
      return { picture: pictureAt(++frame / 10), sound: new Int16Array() };
    },
    reset() {},
    save: () => undefined,
    load: () => false,
    [Symbol.dispose]() {},
  };
}

Deno.test("[CVR4] black pictures and those of one colour have nothing to see; more edges are more to see", () => {
  const of = (stripes: number) => {
    const { data } = picture(stripes);
    const luma = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, n) => data[n * 4]!);
    return interestOf({ data: luma, width: WIDTH, height: HEIGHT, stride: WIDTH });
  };
  equal(of(0), 0);
  ok(of(1) > 0);
  ok(of(8) > of(2));
  equal(interestOf({ data: new Uint8Array(), width: 0, height: 0, stride: 0 }), 0);
});

Deno.test("[CVR4] a cover is the moment with the most to see, as a JPEG in the shape of its display", async () => {
  const jpeg =
    (await makeCover(source((second) => picture(second === 6 ? 20 : 1)), new FakeClock()))!;
  deepEqual(readAnswer(`cover:${Buffer.from(jpeg).toString("base64")}`), { jpeg });
  ok(jpeg.length < MAX_PICTURE);
  // The height and the width are in the frame's header (SOF0).
  const at = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xc0]));
  const header = new DataView(jpeg.buffer, jpeg.byteOffset + at);
  deepEqual([header.getUint16(7), header.getUint16(5)], [226, 300]);
  deepEqual(smallSize(3 / 4), { width: 226, height: 300 });
  const plain = (await makeCover(source(() => picture(1)), new FakeClock()))!;
  ok(jpeg.length > plain.length);
});

Deno.test("[CVR4] a game that shows nothing gets no cover, and a slow one is stopped", async () => {
  equal(await makeCover(source(() => picture(0)), new FakeClock()), undefined);
  equal(await makeCover(source(() => undefined), new FakeClock()), undefined);
  const clock = new FakeClock();
  let steps = 0;
  const slow = source(() => picture(4), () => {
    steps += 1;
    clock.sleep(1_000);
  });
  ok(await makeCover(slow, clock));
  equal(steps, STEPPING_LIMIT / 1_000 + 1);
});

Deno.test("[CVR4] sizes of odd and impossible shapes stay within the limits", () => {
  for (const aspect of [0, -1, NaN, Infinity, 1e9, 1e-9, 16 / 9]) {
    const { width, height } = smallSize(aspect);
    ok(width >= 16 && width <= 400 && height >= 16 && height <= 300, String(aspect));
    equal(width % 2 + height % 2, 0);
  }
});

Deno.test("[CVR3] the answer of the process is checked: it runs native code", () => {
  const jpeg = (bytes: number[]) => `cover:${Buffer.from(bytes).toString("base64")}`;
  deepEqual(readAnswer(`core says hello\n${jpeg([0xff, 0xd8, 0xff, 1])}\n`), {
    jpeg: new Uint8Array([0xff, 0xd8, 0xff, 1]),
  });
  deepEqual(readAnswer("none:Nothing to see"), { none: "Nothing to see" });
  const large = Array.from({ length: MAX_PICTURE + 1 }, () => 0xff).with(1, 0xd8);
  for (const wrong of ["", "hello", "cover:", jpeg([0x3c, 0x73, 0x76]), jpeg(large)]) {
    ok("failed" in readAnswer(wrong), wrong.slice(0, 20));
  }
});

Deno.test("[CVR3] the process has no network and no folder to write to", () => {
  const folders = { data: "/srv/data", roms: "/srv/roms", cores: [] };
  const room = roomSandbox(folders, { runtime: "/opt/deno", cache: "/cache" });
  const cover = confined(room);
  ok(room.includes("--bind") && !cover.includes("--bind"));
  deepEqual(cover.slice(-3), ["--unshare-net", "--die-with-parent", "--"]);
  deepEqual(confined([]), []);
});
