import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { CaptureStamp } from "../../../../media/mpegts/capture_stamp.ts";
import { OriginMeter, originOf } from "../../../../worker/ingest/picture_origin.ts";

const NOW = 1_700_000_000_000;

function stamp({ age = 100, device = 10, error = 25 } = {}): CaptureStamp {
  return { type: "known", capturedAt: NOW - age, device, error };
}

Deno.test("[CAP5] the way of a picture is from its capture to the device's link, and from there to the worker", () => {
  deepEqual(originOf(stamp(), NOW), {
    capturedAt: NOW - 100,
    origin: { type: "known", device: 10, link: 90, error: 25 },
  });
});

Deno.test("[CAP5] a link that seems to take less than nothing, within the error, took none", () => {
  deepEqual(originOf(stamp({ age: -10 }), NOW), {
    capturedAt: NOW - 10,
    origin: { type: "known", device: 10, link: 0, error: 25 },
  });
});

Deno.test("[CAP6] a picture whose capture is not known was captured when it came, and says why", () => {
  const unknown = (why: string) => ({ capturedAt: NOW, origin: { type: "unknown", why } });
  deepEqual(originOf(undefined, NOW), unknown("not_stamped"));
  deepEqual(originOf({ type: "unknown", why: "not_compared" }, NOW), unknown("not_compared"));
  deepEqual(originOf({ type: "unknown", why: "not_comparable" }, NOW), unknown("not_comparable"));
  for (
    const wrong of [{ age: 100_000 }, { age: -100 }, { age: 100_000, device: 99_000 }, {
      error: 1e6,
    }, { age: NOW }]
  ) deepEqual(originOf(stamp(wrong), NOW), unknown("other_clock"), JSON.stringify(wrong));
});

Deno.test("[CAP5] whatever a stamp says, the way adds up to the age of the picture, and none is negative", () => {
  const ms = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const positive = fc.double({ min: 0, max: 4_294_967, noNaN: true });
  fc.assert(fc.property(ms, positive, positive, (age, device, error) => {
    const { capturedAt, origin } = originOf(stamp({ age, device, error }), NOW);
    if (origin.type === "unknown") return equal(capturedAt, NOW);
    ok(origin.link >= 0 && origin.device >= 0);
    ok(Math.abs(NOW - capturedAt - origin.device - origin.link) < 0.01);
  }));
});

Deno.test("[CAP5] a second has the mean of the pictures whose way is known, else the newest reason", () => {
  const meter = new OriginMeter();
  equal(meter.take(), undefined);
  meter.add({ type: "unknown", why: "not_compared" });
  meter.add({ type: "known", device: 10, link: 80, error: 20 });
  meter.add({ type: "known", device: 12, link: 100, error: 24 });
  deepEqual(meter.take(), { type: "known", device: 11, link: 90, error: 22 });
  meter.add({ type: "unknown", why: "not_compared" });
  meter.add({ type: "unknown", why: "not_comparable" });
  deepEqual(meter.take(), { type: "unknown", why: "not_comparable" });
  equal(meter.take(), undefined);
});
