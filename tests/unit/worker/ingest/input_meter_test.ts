import { deepEqual, equal } from "node:assert/strict";
import type { DemuxerCounts } from "../../../../media/mpegts/demuxer.ts";
import { InputMeter } from "../../../../worker/ingest/input_meter.ts";
import type { VideoState } from "../../../../worker/ingest/live_video.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const VIDEO: VideoState = {
  signal: "live",
  lastPictureAt: undefined,
  handling: "forwarded",
  codec: "h264",
  width: 1280,
  height: 720,
  aspect: 16 / 9,
};
const COUNTS: DemuxerCounts = { packets: 0, lost: 0, skippedBytes: 0, damagedUnits: 0 };

function setup() {
  const clock = new FakeClock();
  const meter = new InputMeter(clock);
  /** A second with so many pictures. */
  const second = (pictures: number, counts = COUNTS) => {
    for (let at = 0; at < pictures; at++) meter.picture();
    clock.advance(1_000);
    const video = { ...VIDEO, lastPictureAt: clock.epoch() - 100 };
    return meter.take({ ports: [15_000], video, counts });
  };
  return { clock, meter, second };
}

Deno.test("[ING20] the figures of each second count that second only", () => {
  const { meter, second } = setup();
  meter.bytes(250_000);
  const first = second(30, { ...COUNTS, packets: 990, lost: 10 });
  deepEqual([first.bitrate_kbps, first.framerate, first.links[0]?.loss_rate], [2_000, 30, 0.01]);
  const next = second(29, { ...COUNTS, packets: 1_980, lost: 10 });
  deepEqual([next.bitrate_kbps, next.framerate, next.links[0]?.loss_rate], [0, 29, 0]);
  deepEqual([next.received_packets, next.lost_packets], [1_980, 10]);
});

Deno.test("[ING20] the figures report a picture for two seconds after the last", () => {
  const { clock, meter } = setup();
  const video = { ...VIDEO, lastPictureAt: clock.epoch() };
  clock.advance(1_900);
  equal(meter.take({ ports: [1], video, counts: COUNTS }).picture, true);
  clock.advance(200);
  equal(meter.take({ ports: [1], video, counts: COUNTS }).picture, false);
  equal(meter.take({ ports: [1], video: VIDEO, counts: COUNTS }).picture, false);
});

Deno.test("[CAP5] how the pictures came is in the figures, or the reason why it is not known", () => {
  const { meter } = setup();
  const bare = { ports: [15_000], video: VIDEO, counts: COUNTS };
  const origin = { type: "known", device: 11.26, link: 88.04, error: 25 } as const;
  deepEqual(meter.take({ ...bare, origin }).origin, { device_ms: 11.3, link_ms: 88, error_ms: 25 });
  const unknown = { type: "unknown", why: "not_stamped" } as const;
  deepEqual(meter.take({ ...bare, origin: unknown }).origin, { gap: "not_stamped" });
  equal("origin" in meter.take(bare), false);
  equal(meter.take({ ...bare, latency: 120 }).latency_ms, 120);
});

Deno.test("[ING27] what the receiver of the link measures is in the figures, and absent where it measures nothing", () => {
  const { meter } = setup();
  const link = { rtt: 52.5, recovered: 40, late: 2 };
  const measured = meter.take({ ports: [15_000], video: VIDEO, counts: COUNTS, link });
  deepEqual(
    [measured.links[0]?.rtt_ms, measured.retransmitted_packets, measured.late_packets],
    [52.5, 40, 2],
  );
  const bare = meter.take({ ports: [15_000], video: VIDEO, counts: COUNTS });
  deepEqual(
    [bare.links[0]?.rtt_ms, bare.retransmitted_packets, bare.late_packets],
    [undefined, undefined, undefined],
  );
});

Deno.test("[ING21] the reported rate does not change for one second with fewer pictures", () => {
  const { meter, second } = setup();
  second(12);
  equal(meter.frameRate, 0);
  second(30);
  equal(meter.frameRate, 0);
  second(31);
  equal(meter.frameRate, 31);
  second(4);
  second(0);
  equal(meter.frameRate, 31);
});
