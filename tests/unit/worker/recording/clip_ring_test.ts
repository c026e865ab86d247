import { concat } from "../../../../protocol/bytes/concat.ts";
import { equal, ok } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import { FIELDS, readFragments } from "../../../../media/mp4/read_fragments.ts";
import { ClipRing, MOST_HELD } from "../../../../worker/recording/room/clip_ring.ts";
import { encodeScene } from "../../../support/media/recorded.ts";

const [first] = encodeScene(1);
const keyframe = first && "frame" in first ? first.frame : undefined;

/** Pictures in a clip. */
async function pictures(ring: ClipRing): Promise<number> {
  const bytes = concat(ring.clip(undefined));
  let held = 0;
  await readFragments((at, size) => bytes.subarray(at, at + size), bytes.length, (chunk) => {
    if (chunk.track === "video") held += chunk.samples.length / FIELDS;
  });
  return held;
}

Deno.test("[REC11] a clip begins at the keyframe before its 30 s", async () => {
  const ring = new ClipRing();
  // Ten pictures a second, a keyframe every 4 s, for a minute.
  for (let n = 0; n < 600; n++) {
    ring.frame({ ...keyframe!, keyframe: n % 40 === 0, timestamp: n * 9_000 }, n * 100 as Millis);
  }
  const held = await pictures(ring);
  ok(held >= 300 && held < 340, `${held} pictures`);
});

Deno.test("[REC11] a clip takes no more bytes than it may", async () => {
  const ring = new ClipRing();
  const data = new Uint8Array(keyframe!.data.length + 1_000_000);
  data.set(keyframe!.data);
  for (let n = 0; n < 40; n++) {
    const timestamp = n * 9_000;
    ring.frame({ ...keyframe!, data, keyframe: true, timestamp }, n * 100 as Millis);
  }
  const held = await pictures(ring);
  equal(held, Math.floor(MOST_HELD / data.length));
});
