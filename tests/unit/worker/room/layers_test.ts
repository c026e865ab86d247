import { deepEqual, equal, ok } from "node:assert/strict";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { SessionId } from "../../../../protocol/ids.ts";
import type { Layer } from "../../../../worker/sending/layers/ports.ts";
import type { FakePeer } from "../../../fakes/peer.ts";
import { ana, ben, openRoomScene } from "../../../support/media/room_scene.ts";

/** Bytes of a frame of each layer: 4.5 and 0.6 Mbit/s at 60 a second. */
const BYTES: Record<Layer, number> = { main: 9_400, small: 1_250 };

/** A player on a good link, and a watcher whose link loses half of what it is sent. */
async function setup() {
  const scene = openRoomScene();
  const source = scene.start(ana);
  const player = await scene.connect(ana);
  scene.start(ben, "watcher");
  const watcher = await scene.connect(ben);
  const { main, small } = source.control;
  let timestamp = 0;
  let requests = { main: -1, small: -1 };
  const wanted = { main: true, small: false };
  /** Plays for so many seconds, with a keyframe where one was requested. */
  const play = (seconds: number, { loss = 0.5, layers = ["main", "small"] as Layer[] } = {}) => {
    for (let n = 0; n < 60 * seconds; n++) {
      if (n % 30 === 0) {
        source.control.tick();
        player.listener.rtcpReceived();
        watcher.listener.rtcpReceived();
        watcher.listener.loss(loss);
      }
      timestamp += 1_500;
      for (const layer of layers) {
        const control = source.control[layer];
        if (!control.wants("h264")) {
          wanted[layer] = false;
          continue;
        }
        const keyframe = control.keyframeRequests !== requests[layer] || !wanted[layer];
        wanted[layer] = true;
        requests = { ...requests, [layer]: control.keyframeRequests };
        const data = new Uint8Array(BYTES[layer]);
        source.options.listener.frame({
          codec: "h264",
          data,
          keyframe,
          timestamp,
          capturedAt: 0,
          layer,
        });
      }
      scene.clock.advance(1000 / 60);
    }
  };
  return { ...scene, source, player, watcher, main, small, play };
}

function sizes({ video }: FakePeer): Set<number> {
  return new Set(video.map(({ data }) => data.length));
}

Deno.test("[LAY1] a watcher on a bad link gets the small layer, and the player's picture stays as it was", async () => {
  const { player, watcher, main, small, play } = await setup();
  const before = { bitrate: main.bitrate, reduction: main.reduction };
  play(4);
  ok(small.wants("h264"));
  ok(small.bitrate < 1_000_000);
  equal(small.reduction.divisor, 2);
  player.video.length = watcher.video.length = 0;
  const requests = main.keyframeRequests;
  play(4);
  deepEqual({ bitrate: main.bitrate, reduction: main.reduction }, before);
  equal(main.keyframeRequests, requests);
  deepEqual([sizes(player), sizes(watcher)], [new Set([BYTES.main]), new Set([BYTES.small])]);
  equal(watcher.video.length, 240);
});

Deno.test("[LAY11] a preview among many gets the small layer on a good link, and the player's picture stays as it was", async () => {
  const { main, small, play, send, admit, connect } = await setup();
  send("session.end", { session_id: ben, reason: "left" });
  const cem = SessionId.parse("cem");
  admit(cem, "watcher", { preview: true, layer: "small" });
  const preview = await connect(cem);
  const requests = main.keyframeRequests;
  play(2, { loss: 0 });
  deepEqual([small.wants("h264"), small.reduction.divisor], [true, 2]);
  equal(preview.video.at(-1)!.data.length, BYTES.small);
  equal(main.keyframeRequests, requests);
  send("session.end", { session_id: cem, reason: "left" });
  equal(small.wants("h264"), false);
});

Deno.test("[LAY4] the small layer ends with its last viewer", async () => {
  const { small, play, send } = await setup();
  play(4);
  ok(small.wants("h264"));
  send("session.end", { session_id: ben, reason: "left" });
  equal(small.wants("h264"), false);
});

Deno.test("[LAY6] a watcher gets no frame of the small layer before a keyframe, which is requested until it comes", async () => {
  const { watcher, small, play } = await setup();
  play(4, { layers: ["main"] });
  ok(small.wants("h264"));
  const requests = small.keyframeRequests;
  play(2, { layers: ["main"] });
  ok(small.keyframeRequests > requests);
  deepEqual(sizes(watcher), new Set([BYTES.main]));
  play(1);
  const first = watcher.video.find(({ data }) => data.length === BYTES.small);
  ok(first?.keyframe);
  equal(watcher.video.at(-1)!.data.length, BYTES.small);
});

Deno.test("[LAY7] a keyframe that a viewer of the small layer requests is made of that alone", async () => {
  const { watcher, main, small, play } = await setup();
  play(4);
  const before = [main.keyframeRequests, small.keyframeRequests];
  watcher.listener.keyframeRequested();
  deepEqual([main.keyframeRequests, small.keyframeRequests], [before[0], before[1]! + 1]);
});

Deno.test("[LAY8] a viewer is told what it gets, and that its own link is the reason", async () => {
  const { source, player, watcher, play } = await setup();
  play(4);
  const times = { convertMs: 1, encodeMs: 2 };
  source.options.listener.stats({
    captureMs: 3,
    layers: { main: times, small: times },
    frameRate: 60,
    skipped: 0,
  });
  play(1);
  const [whole, small] = [player, watcher].map(({ messages }) => {
    const message = compactCodec.decode(messages.at(-1)!.bytes);
    return message?.type === "Telemetry" ? message.payload : {};
  });
  equal(whole?.link_bitrate, undefined);
  equal(whole?.bitrate_target, source.control.main.bitrate);
  equal(small?.bitrate_target, source.control.small.bitrate);
  ok(Number(small?.link_bitrate) > 500_000 && Number(small?.link_bitrate) < 1_500_000);
});

Deno.test("[LAY8] a viewer of a forwarded stream is told of its network only when it gets the small layer", async () => {
  const { source, watcher, clock } = await setup();
  const frame = (bytes: number) => {
    const data = new Uint8Array(bytes);
    const keyframe = true;
    const timestamp = clock.now() * 90;
    source.options.listener.frame({
      codec: "h264",
      data,
      keyframe,
      timestamp,
      capturedAt: 0,
      forwarded: true,
    });
  };
  const report = (bytes: number) => {
    for (let n = 0; n < 20 * 8; n++) {
      if (n % 10 === 0) {
        source.control.tick();
        watcher.listener.rtcpReceived();
        watcher.listener.loss(0.5);
      }
      frame(bytes);
      clock.advance(50);
    }
    const message = compactCodec.decode(watcher.messages.at(-1)!.bytes);
    return message?.type === "Telemetry" ? message.payload : {};
  };
  const fits = report(3_000);
  deepEqual([fits.link_bitrate, fits.bitrate_target], [undefined, undefined]);
  report(20_000);
  source.options.listener.frame({
    codec: "h264",
    data: new Uint8Array(BYTES.small),
    keyframe: true,
    timestamp: clock.now() * 90,
    capturedAt: 0,
    layer: "small",
  });
  ok(Number(report(20_000).link_bitrate) > 0);
});
