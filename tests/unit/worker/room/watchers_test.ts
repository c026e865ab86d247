import { deepEqual, equal, ok } from "node:assert/strict";
import { SOUND_COMMAND } from "../../../../protocol/control/control.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { ana, ben, openRoomScene as setup } from "../../../support/media/room_scene.ts";

Deno.test("[BIT7] the link of a watcher does not lower the picture of a player; without a player it counts", async () => {
  const { connect, start, ask, clock } = setup();
  const source = start(ana);
  const player = await connect(ana);
  start(ben, "watcher");
  const watcher = await connect(ben);
  for (const peer of [player, watcher]) peer.listener.rtcpReceived();
  watcher.listener.loss(0.5);
  clock.advance(1_000);
  equal(source.control.main.bitrate, 3_000_000);
  await ask(ana, "seat.leave");
  watcher.listener.rtcpReceived();
  clock.advance(250);
  ok(source.control.main.bitrate < 3_000_000);
});

Deno.test("[BUD1] a watcher on a full link gets fewer frames, and the player all of them", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const player = await connect(ana);
  start(ben, "watcher");
  const watcher = await connect(ben);
  for (let second = 0; second < 4; second++) {
    source.control.tick();
    for (const peer of [player, watcher]) peer.listener.rtcpReceived();
    watcher.listener.loss(0.5);
    clock.advance(1_000);
  }
  const data = new Uint8Array(7_500);
  for (let n = 0; n < 50; n++) {
    source.options.listener.frame({
      codec: "h264",
      data,
      keyframe: n % 50 === 0,
      timestamp: n,
      capturedAt: n,
    });
    clock.advance(20);
  }
  equal(player.video.length, 50);
  ok(watcher.video.length > 0 && watcher.video.length < 40);
});

Deno.test("[EST9] a target that falls by a report reaches the encoder at once", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  const report = (delay: number) => {
    const now = clock.now();
    peer.listener.packets(Array.from({ length: 20 }, (_, n) => ({
      sentAt: (now - 100 + 5 * n) as typeof now,
      receivedAt: now - 100 + 5 * n + delay,
      bytes: 1_200,
    })));
  };
  for (let n = 0; n < 20; n++) {
    clock.advance(50);
    report(10);
  }
  equal(source.control.main.bitrate, 3_000_000);
  clock.advance(50);
  report(200);
  ok(source.control.main.bitrate < 1_500_000);
});

Deno.test("[LAD1] a link that carries less than whole pictures gets fewer and smaller ones", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  deepEqual(source.control.main.reduction, { every: 1, divisor: 1 });
  // The link carries 270 kbit/s; a packet leaves each 5 ms.
  let free = 0;
  for (let n = 0; n < 200; n++) {
    const now = clock.now();
    const bytes = (source.control.main.bitrate + 160_000) / 8 / 200;
    peer.listener.packets(Array.from({ length: 10 }, (_, index) => {
      const sentAt = now + 5 * index;
      free = Math.max(free, sentAt) + bytes * 8 / 270;
      return { sentAt: sentAt as typeof now, receivedAt: free, bytes };
    }));
    peer.listener.rtcpReceived();
    source.control.tick();
    clock.advance(50);
  }
  ok(source.control.main.bitrate < 130_000);
  ok(source.control.main.reduction.divisor > 1 && source.control.main.reduction.every > 1);
});

Deno.test("[CHN5] [WAL5] a viewer that wants no sound gets no sound packet and no answer, and gets them again when it asks", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const player = await connect(ana);
  start(ben, "watcher");
  const watcher = await connect(ben);
  const want = (parameters: Record<string, unknown>) =>
    watcher.listener.message(
      "commands",
      compactCodec.encode({
        ...{ type: "Command", timestamp: 1 },
        payload: { id: "", command: SOUND_COMMAND, parameters },
      }),
    );
  let timestamp = 0;
  const delivered = () => {
    const before = [player.audio.length, watcher.audio.length];
    timestamp += 480;
    source.options.listener.sound([{ data: new Uint8Array(20), timestamp }]);
    clock.advance(10);
    return [player.audio.length - before[0]!, watcher.audio.length - before[1]!];
  };
  deepEqual(delivered(), [1, 1]);
  want({ on: false });
  deepEqual(delivered(), [1, 0]);
  want({});
  deepEqual(delivered(), [1, 1]);
});
