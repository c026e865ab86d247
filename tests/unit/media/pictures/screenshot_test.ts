import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Picture } from "../../../../media/ports.ts";
import { screenshot } from "../../../../media/pictures/screenshot.ts";

const picture: Picture = {
  width: 256,
  height: 240,
  format: "xrgb8888",
  stride: 1_024,
  data: new Uint8Array(1_024 * 240).fill(90),
};

/** Width and height that the JPEG says of itself, in its baseline frame header. */
function sizeOf(jpeg: Uint8Array): readonly [number, number] {
  const at = jpeg.findIndex((byte, n) => byte === 0xff && jpeg[n + 1] === 0xc0);
  const view = new DataView(jpeg.buffer, jpeg.byteOffset + at);
  return [view.getUint16(7), view.getUint16(5)];
}

Deno.test("[AST8] a screenshot is a JPEG in the shape that the display shows, enlarged", async () => {
  const jpeg = await screenshot(picture, { aspect: 4 / 3 });
  equal(jpeg.subarray(0, 2).toHex(), "ffd8");
  deepEqual(sizeOf(jpeg), [960, 720]);
  deepEqual(sizeOf(await screenshot(picture, { aspect: Number.NaN })), [768, 720]);
});

Deno.test("[AST8] what is no picture gives no screenshot", async () => {
  await rejects(screenshot({ ...picture, data: new Uint8Array(10) }, { aspect: 1 }));
});
