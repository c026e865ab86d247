import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { createSourceOpener } from "../../../agent/pipeline/open_source.ts";
import { createX264Encoder } from "../../../media/x264_encoder.ts";
import { Turner } from "../../../media/pictures/turner.ts";
import type { Picture } from "../../../media/ports.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { systemRandom } from "../../../protocol/random.ts";
import { type ClipOptions, writeClip } from "../../support/field/clips.ts";

interface Sent {
  /** As the encoder makes it: upright, with square pixels. */
  readonly width: number;
  readonly height: number;
  readonly picture: Picture;
}

/** The agent's output for a clip: the encoder's size and the sixth picture. */
async function send(clip: ClipOptions, resolution?: string): Promise<Sent> {
  const media = await Deno.makeTempDir({ prefix: "farpad-" });
  try {
    await writeClip(join(media, "clip.mp4"), clip);
    const open = createSourceOpener({
      clock: systemClock,
      random: systemRandom,
      media,
      patience: 0,
    });
    const opened = await open({
      mode: "file",
      path: "clip.mp4",
      ...(resolution !== undefined && { resolution }),
    });
    if ("error" in opened) throw new Error(opened.error);
    using source = opened.source;
    const { promise, resolve, reject } = Promise.withResolvers<Picture>();
    let count = 0;
    source.run({
      picture: (picture) =>
        ++count === 6 ? resolve({ ...picture, data: picture.data.slice() }) : undefined,
      unit: () => {},
      sound: () => {},
      restarted: () => {},
      failed: (error) => reject(new Error(error)),
    });
    const picture = await promise;
    const rate = { codec: "h264", frameRate: 30, bitrate: 1_000_000, targetHeight: 1 } as const;
    using encoder = createX264Encoder(rate);
    encoder.encode(picture, { keyframe: true, timestamp: 0 });
    const { width, height } = encoder;
    return { width, height, picture };
  } finally {
    await Deno.remove(media, { recursive: true });
  }
}

/** The edge at which the bright bar is. */
function brightEdge({ data, width, height }: Picture): string {
  const at = (x: number, y: number) =>
    data[Math.round(y * height) * width + Math.round(x * width)]!;
  const edges = [["left", 0.15, 0.5], ["right", 0.85, 0.5], ["upper", 0.5, 0.15], [
    "lower",
    0.5,
    0.85,
  ]] as const;
  return edges.filter(([, x, y]) => at(x, y) > 180).map(([name]) => name).join();
}

Deno.test("[SND17] a turned clip is sent upright", async () => {
  // The clip has a bright bar near its upper edge.
  const edges = { 90: "left", 180: "lower", 270: "right" } as const;
  for (const degrees of [90, 180, 270] as const) {
    const { width, height, picture } = await send({ degrees });
    deepEqual([width, height], degrees === 180 ? [160, 96] : [96, 160]);
    equal(brightEdge(new Turner().turn(picture)), edges[degrees]);
  }
});

Deno.test("[SND17] pixels that are not square, by the codec or by the container, are made square", async () => {
  for (const clip of [{ pixelAspect: [16, 11] }, { containerAspect: [16, 11] }] as const) {
    const { width, height } = await send(clip);
    deepEqual([width, height], [232, 96], JSON.stringify(clip));
  }
});

Deno.test("[SND17] a configured size never squeezes: the picture fits into it", async () => {
  const { width, height } = await send({}, "320x320");
  deepEqual([width, height], [320, 192]);
  const turned = await send({ degrees: 90 }, "320x320");
  deepEqual([turned.width, turned.height], [192, 320]);
});

Deno.test("[SND17] an interlaced clip is sent progressive", async () => {
  const { picture: { data, width, height } } = await send({ interlaced: true });
  equal(width, 160);
  let combed = 0;
  for (let at = width; at < width * (height - 1); at++) {
    const [above, here, below] = [data[at - width]!, data[at]!, data[at + width]!];
    if (Math.abs(here - above) > 60 && Math.abs(here - below) > 60) combed += 1;
  }
  ok(combed < 20, `${combed} pixels differ from both their neighbours`);
});
