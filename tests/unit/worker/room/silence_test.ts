import { deepEqual, equal, ok } from "node:assert/strict";
import { VIEWER_SILENCE } from "../../../../protocol/control/control.ts";
import { LOST_AFTER } from "../../../../web/play/join/session.ts";
import { CHECK_PERIOD, Silence } from "../../../../worker/room/silence.ts";
import type { FakePeer } from "../../../fakes/peer.ts";
import type { FakeSourceHandle } from "../../../fakes/source_handle.ts";
import { ana, ben, openRoomScene as setup } from "../../../support/media/room_scene.ts";

Deno.test("[SIL1] silence is counted from the newest sign of life", () => {
  const silence = new Silence();
  const after = (ms: number) => {
    silence.received();
    for (let at = 0; at <= ms; at += CHECK_PERIOD) silence.check();
    return silence.presence;
  };
  equal(after(750), "present");
  equal(after(1_000), "silent");
  equal(after(3_750), "silent");
  equal(after(4_000), "away");
  equal(after(9_750), "away");
  equal(after(10_000), "gone");
});

Deno.test("[SIL1] the first sign of life after a silence is told from the others", () => {
  const silence = new Silence();
  for (let n = 0; n < 5; n++) silence.check();
  deepEqual([silence.received(), silence.received()], [true, false]);
});

Deno.test("[SIL1] the page gives a silent worker up before the worker gives the viewer up", () => {
  ok(LOST_AFTER < VIEWER_SILENCE);
});

Deno.test("[SIL2] a silent player gets pictures at the least bitrate, and at once its own again", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  equal(source.control.main.bitrate, 3_000_000);
  clock.advance(1_250);
  equal(source.control.main.bitrate, 750_000);
  frames(source, { seconds: 1, bitrate: 750_000, tick: (ms) => clock.advance(ms) });
  equal(peer.video.length, 50);
  const requests = source.control.main.keyframeRequests;
  peer.listener.rtcpReceived();
  equal(source.control.main.bitrate, 3_000_000);
  equal(source.control.main.keyframeRequests, requests + 1);
});

Deno.test("[SIL2] a silent viewer, which cannot request a keyframe, gets one each second", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  await connect(ana);
  const before = source.control.main.keyframeRequests;
  const asked = [1, 2, 3, 4, 5, 6].map(() => {
    source.control.tick();
    clock.advance(1_000);
    return source.control.main.keyframeRequests - before;
  });
  deepEqual(asked, [0, 1, 2, 3, 3, 3]);
});

Deno.test("[SIL2] reports that speak of the silence do not lower the bitrate after it", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  peer.listener.remb(3_000_000);
  clock.advance(3_000);
  peer.listener.rtcpReceived();
  peer.listener.loss(0.9);
  peer.listener.remb(100_000);
  for (let n = 0; n < 8; n++) {
    source.control.tick();
    clock.advance(250);
    peer.listener.rtcpReceived();
    peer.listener.loss(0);
  }
  ok(source.control.main.bitrate >= 3_000_000);
});

Deno.test("[SIL2] a silent player lowers nobody else's picture and gets few frames of it", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const silent = await connect(ana);
  start(ben);
  const other = await connect(ben);
  frames(source, {
    seconds: 2,
    bitrate: 3_000_000,
    tick: (ms) => {
      clock.advance(ms);
      other.listener.rtcpReceived();
    },
  });
  equal(source.control.main.bitrate, 3_000_000);
  equal(other.video.length, 100);
  ok(silent.video.length > 50 && silent.video.length < 75, `${silent.video.length} frames`);
});

Deno.test("[SIL3] after 4 s nothing is sent, and after a return first a keyframe", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  frames(source, { seconds: 5, bitrate: 750_000, tick: (ms) => clock.advance(ms) });
  const sent = peer.video.length;
  ok(sent < 215, `${sent} frames`);
  sound(source);
  clock.advance(100);
  equal(peer.audio.length, 0);
  equal(peer.disposed, false);
  peer.listener.rtcpReceived();
  frames(source, { seconds: 1, bitrate: 750_000, tick: (ms) => clock.advance(ms), first: false });
  equal(peer.video.length, sent);
  frames(source, { seconds: 1, bitrate: 750_000, tick: (ms) => clock.advance(ms) });
  equal(peer.video.length, sent + 50);
  sound(source);
  equal(peer.audio.length, 1);
});

Deno.test("[SIL3] sound goes on in the first 4 s", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer: FakePeer = await connect(ana);
  clock.advance(3_000);
  sound(source);
  equal(peer.audio.length, 1);
});

function frames(
  source: FakeSourceHandle,
  { seconds, bitrate, tick, first = true }: {
    seconds: number;
    bitrate: number;
    tick: (ms: number) => void;
    /** Whether the first frame is a keyframe. */
    first?: boolean;
  },
): void {
  const data = new Uint8Array(bitrate / 50 / 8);
  for (let n = 0; n < 50 * seconds; n++) {
    source.control.tick();
    const keyframe = first && n === 0;
    source.options.listener.frame({
      codec: "h264",
      data,
      keyframe,
      timestamp: 1800 * n,
      capturedAt: n,
    });
    tick(20);
  }
}

function sound(source: FakeSourceHandle): void {
  source.options.listener.sound([{ data: Uint8Array.of(1), timestamp: 480 }]);
}
