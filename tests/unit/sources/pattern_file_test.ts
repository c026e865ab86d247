import { deepEqual, match } from "node:assert/strict";
import { join } from "node:path";
import { readPatternFile } from "../../../worker/sources/pattern_file.ts";

const folder = Deno.makeTempDirSync();
const path = join(folder, "card.pattern");
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

function described(description: unknown) {
  Deno.writeTextFileSync(path, JSON.stringify(description));
  return readPatternFile(path);
}

Deno.test("[PAT6] a file describes a test picture", () => {
  const plain = { width: 240, height: 320, frame_rate: 50 };
  deepEqual(described(plain), {
    width: 240,
    height: 320,
    frameRate: 50,
    rotation: 0,
    pixelAspect: 1,
    noise: 0,
  });
  deepEqual(described({ ...plain, rotation: 270, pixel_aspect: 1.2, noise: 8 }), {
    width: 240,
    height: 320,
    frameRate: 50,
    rotation: 3,
    pixelAspect: 1.2,
    noise: 8,
  });
});

for (
  const [description, reason] of [
    [{}, /"width" is missing or cannot be so, "height" is/],
    ["text", /the file holds no JSON object$/],
    [
      { width: 240, height: 320, frame_rate: 50, rotation: 45 },
      /"rotation" is missing or cannot be so$/,
    ],
    [{ width: 240, height: 320, frame_rate: 50, colour: 1 }, /"colour" means nothing here$/],
    [{ width: 240, height: 320, frame_rate: 50, pad: "x".repeat(20_000) }, /more than 10000 bytes/],
  ] as const
) {
  Deno.test(`[PAT6] ${JSON.stringify(description).slice(0, 60)} is refused with its reason`, () => {
    const read = described(description);
    match("error" in read ? read.error : "", /^Cannot open the test picture "card\.pattern": /);
    match("error" in read ? read.error : "", reason);
  });
}

Deno.test("[PAT6] a missing file is refused with its name", () => {
  const read = readPatternFile(join(folder, "none.pattern"));
  match("error" in read ? read.error : "", /"none\.pattern": there is no such file$/);
});
