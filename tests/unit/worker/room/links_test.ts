/**
 * A room and its viewers behind simulated networks, in virtual time.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Keyframes } from "../../../../media/keyframes.ts";
import type { SharedControl } from "../../../../worker/playback/shared_control.ts";
import { type Layer, type LayerFrame, LAYERS } from "../../../../worker/sending/layers/ports.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { ana, ben, openRoomScene } from "../../../support/media/room_scene.ts";
import { SimulatedViewer } from "../../../support/media/simulated_viewer.ts";
import { clear, narrow, type Regime } from "../../../support/relay/regimes.ts";

const MARK: Record<Layer, number> = { main: 1, small: 2 };
/** Frames' bits of a keyframe, and the most pictures whose bits one gets. */
const KEYFRAME = 6;
const MOST_SHARE = 8;
const FRAME_RATE = 50;

type Scene = ReturnType<typeof openRoomScene>;

/** A layer as the source thread would encode it: it follows its bitrate, its reduction and its keyframe requests. */
function encoder(layer: Layer, control: SharedControl, { clock }: Scene) {
  const random = new SeededRandom(7);
  let keyframes: Keyframes | undefined;
  let requests = 0;
  let left = Infinity;
  return (timestamp: number): LayerFrame | undefined => {
    const asked = control[layer];
    if (!asked.wants("h264")) return void (keyframes = undefined);
    keyframes ??= new Keyframes(clock);
    if (asked.keyframeRequests !== requests) keyframes.request();
    requests = asked.keyframeRequests;
    const keyframe = keyframes.due;
    if (++left < asked.reduction.every && !keyframe) return undefined;
    left = 0;
    if (keyframe) keyframes.made();
    const given = Math.min(MOST_SHARE, asked.reduction.every);
    const share = keyframe ? Math.max(KEYFRAME / given, 1.5) : 0.75 + 0.5 * random.unit();
    const bits = asked.bitrate / FRAME_RATE * given * share;
    const data = new Uint8Array(Math.max(50, Math.round(bits / 8)));
    data[0] = MARK[layer];
    return { codec: "h264", data, keyframe, timestamp, capturedAt: 0, layer };
  };
}

/** Plays the source for so many seconds, each millisecond with every viewer. */
function run(
  { clock, sources }: Scene,
  { seconds, viewers, frames }: {
    readonly seconds: number;
    readonly viewers: readonly SimulatedViewer[];
    readonly frames: (picture: number) => readonly (LayerFrame | undefined)[];
  },
): void {
  const [source] = sources;
  for (let ms = 0; ms < seconds * 1_000; ms++) {
    if (ms % 250 === 0) source!.control.tick();
    if (ms % (1_000 / FRAME_RATE) === 0) {
      for (const frame of frames(ms * FRAME_RATE / 1_000)) {
        if (frame) source!.options.listener.frame(frame);
      }
    }
    for (const viewer of viewers) viewer.step();
    clock.advance(1);
  }
}

async function playGame(watcherLink: Regime | undefined, seconds: number) {
  const scene = openRoomScene();
  const { control } = scene.start(ana);
  const view = (peer: Awaited<ReturnType<Scene["connect"]>>, regime: Regime, seed: number) =>
    new SimulatedViewer(peer, { clock: scene.clock, random: new SeededRandom(seed), regime });
  const player = view(await scene.connect(ana), clear(20), 1);
  const viewers = [player];
  if (watcherLink) {
    scene.start(ben, "watcher");
    viewers.push(view(await scene.connect(ben), watcherLink, 2));
  }
  const encoders = LAYERS.map((layer) => encoder(layer, control, scene));
  const bitrates: number[] = [];
  run(scene, {
    seconds,
    viewers,
    frames: (picture) => {
      bitrates.push(control.main.bitrate);
      deepEqual(control.main.reduction, { every: 1, divisor: 1 });
      return encoders.map((encode) => encode(picture * 1_800));
    },
  });
  return { player, watcher: viewers[1], bitrates, scene };
}

function changes({ shown }: SimulatedViewer): number {
  return shown.filter(({ mark }, index) => index > 0 && mark !== shown[index - 1]!.mark).length;
}

Deno.test("[LAY1] a watcher on 0.8 Mbit/s sees pictures all the time, and the player has what it has alone", async () => {
  const seconds = 60;
  const alone = await playGame(undefined, seconds);
  const { player, watcher, bitrates } = await playGame(narrow(800_000), seconds);
  deepEqual(bitrates, alone.bitrates);
  equal(player.shown.length, alone.player.shown.length);
  ok(player.shown.every(({ mark }) => mark === MARK.main));
  const keyframes = player.shown.filter(({ keyframe }) => keyframe).length;
  ok(keyframes <= 8, `${keyframes} keyframes for the player in a minute`);
  ok(watcher!.longestGap(8_000, seconds * 1_000) < 500);
  const small = watcher!.shown.filter(({ mark }) => mark === MARK.small).length;
  ok(small > 0.9 * watcher!.shown.length);
  ok(changes(watcher!) <= 4, `${changes(watcher!)} changes of the layer`);
});

Deno.test("[LAY2] when the watcher's link is good again, it gets the main layer again", async () => {
  const { conditions } = narrow(800_000).down.phases[0]!;
  const link = {
    ...clear(20),
    down: {
      phases: [
        { lastsMs: 20_000, conditions },
        { lastsMs: Infinity, conditions: { delayMs: 10 } },
      ],
    },
  };
  const { watcher } = await playGame(link, 70);
  const back = watcher!.shown.filter(({ at }) => at > 60_000);
  ok(back.length > 0 && back.every(({ mark }) => mark === MARK.main));
  ok(watcher!.longestGap(8_000, 70_000) < 500);
});

/** A forwarded stream of so many bits a second with a keyframe each two seconds, and its small layer. */
async function playField(link: Regime, { bitrate, seconds }: { bitrate: number; seconds: number }) {
  const scene = openRoomScene();
  const { control } = scene.start(ana, "watcher");
  const peer = await scene.connect(ana);
  const random = new SeededRandom(3);
  const viewer = new SimulatedViewer(peer, { clock: scene.clock, random, regime: link });
  const small = encoder("small", control, scene);
  const group = 2 * FRAME_RATE;
  let isDecoding = false;
  run(scene, {
    seconds,
    viewers: [viewer],
    frames: (picture) => {
      const keyframe = picture % group === 0;
      isDecoding = control.small.wants("h264") && (keyframe || isDecoding);
      const bits = bitrate / FRAME_RATE * (keyframe ? KEYFRAME : 1) * group /
        (group + KEYFRAME - 1);
      const data = new Uint8Array(bits / 8);
      data[0] = MARK.main;
      const timestamp = picture * 1_800;
      const main: LayerFrame = {
        codec: "h264",
        data,
        keyframe,
        timestamp,
        capturedAt: 0,
        forwarded: true,
      };
      return [main, isDecoding ? small(timestamp) : undefined];
    },
  });
  return { viewer, peer };
}

for (const rate of [800_000, 1_000_000]) {
  Deno.test(`[LAY3] a field stream of 3 Mbit/s goes on for a viewer with ${rate / 1e6} Mbit/s`, async () => {
    const seconds = 60;
    const { viewer, peer } = await playField(narrow(rate), { bitrate: 3_000_000, seconds });
    equal(peer.disposed, false);
    ok(viewer.longestGap(0, 10_000) < 5_000, "the page connects anew after ten seconds");
    const gap = viewer.longestGap(10_000, seconds * 1_000);
    ok(gap < 500, `${gap} ms without a picture`);
    ok(changes(viewer) <= 3, `${changes(viewer)} changes of the layer`);
  });
}

Deno.test("[LAY3] a field stream that fits is forwarded, and no small layer is made", async () => {
  const { viewer } = await playField(narrow(5_500_000), { bitrate: 3_000_000, seconds: 30 });
  ok(viewer.shown.every(({ mark }) => mark === MARK.main));
  ok(viewer.longestGap(1_000, 30_000) < 500);
});
