import { deepEqual, equal } from "node:assert/strict";
import { readCounters, sampleBetween } from "../../../../web/play/media/stats.ts";
import { SocketFigures } from "../../../../web/play/media/tcp/figures.ts";

const picture = (number: number, sentAt: number) => ({
  type: "video" as const,
  keyframe: number === 1,
  number,
  timestamp: 0,
  sentAt,
  data: new Uint8Array(1_000),
});

Deno.test("[OVT3] the figures over TCP are read as those of a peer connection", () => {
  const figures = new SocketFigures("h264");
  const read = (at: number) => readCounters(figures.report(), at)!;
  const before = read(0);
  for (let n = 1; n <= 60; n++) {
    // Every third picture comes 30 ms later than the others.
    const sentAt = n * 16;
    figures.received(picture(n, sentAt), 5_000 + sentAt + (n % 3 === 0 ? 30 : 0));
    const drawn = { picture: picture(n, sentAt), receivedAt: sentAt, width: 640, height: 480 };
    figures.drawn(drawn, sentAt + 4);
    figures.receivedSound(100);
  }
  const sample = sampleBetween(before, read(1_000), { rtt: 12 });
  const { soundDelay: _delay, soundJitter: _jitter, ...rest } = sample;
  deepEqual(rest, {
    rtt: 12,
    frameRate: 60,
    bitrate: (60_000 + 6_000) * 8,
    loss: 0,
    jitterBuffer: 10,
    decode: 4,
    freezes: 0,
    frozen: 0,
    codec: "H264",
    width: 640,
    height: 480,
    path: undefined,
  });
});

Deno.test("[OVT3] a picture that stands still for more than 250 ms counts as frozen", () => {
  const figures = new SocketFigures("vp8");
  const drawAt = (now: number) =>
    figures.drawn({ picture: picture(1, 0), receivedAt: now, width: 1, height: 1 }, now);
  for (const now of [0, 16, 250, 700, 716]) drawAt(now);
  const { freezeCount, totalFreezesDuration, codec } = readCounters(figures.report(), 0)!;
  deepEqual([freezeCount, totalFreezesDuration, codec], [1, 0.45, "VP8"]);
  equal(figures.report()[1]!.bytesReceived, 0);
});
