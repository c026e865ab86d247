import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  Trail,
  TRAIL_LINKS,
  TRAIL_PERIOD,
  TRAIL_PERIODS,
} from "../../../../coordinator/domain/trail.ts";
import type { StreamStats } from "../../../../protocol/field/device.ts";

const NOW = 1_800_000_000_000;

function sent(kbps: number, links: Record<string, Partial<StreamStats["links"][number]>> = {}) {
  return {
    stream_id: "str_a" as StreamStats["stream_id"],
    uptime_s: 1,
    encoder_bitrate_kbps: kbps,
    links: Object.entries(links).map(([name, more], id) => ({
      ...{ id, interface: name, state: "Live", sent_bytes: 0 },
      ...more,
    })),
  };
}

Deno.test("[TRL1] what both ends measured is read period by period, and what was not measured is empty", () => {
  const trail = new Trail();
  equal(trail.read(), undefined);
  trail.sent(
    sent(4_000, { wwan0: { observed_bps: 3_000_000, rtt_ms: 45.2, loss_rate: 0.0213 } }),
    NOW,
  );
  trail.received({ bitrate_kbps: 3_900, framerate: 29.97 }, { at: NOW + 100, loss: 0.5 });
  trail.sent(sent(4_100, { wwan1: { signal_dbm: -71 } }), NOW + TRAIL_PERIOD);
  trail.sent(sent(4_200), NOW + 3 * TRAIL_PERIOD);
  const none = [null, null, null, null];
  deepEqual(trail.read(), {
    ...{ from: NOW, period_ms: TRAIL_PERIOD, encoder_kbps: [4_000, 4_100, null, 4_200] },
    received_kbps: [3_900, null, null, null],
    received_fps: [30, null, null, null],
    received_loss: [0.5, null, null, null],
    links: [{
      ...{ interface: "wwan0", kbps: [3_000, null, null, null], rtt_ms: [45, null, null, null] },
      ...{ loss: [0.0213, null, null, null], signal_dbm: none },
    }, {
      ...{ interface: "wwan1", kbps: none, rtt_ms: none, loss: none },
      signal_dbm: [null, -71, null, null],
    }],
  });
});

Deno.test("[TRL1] only the last ten minutes are kept, and the first eight links", () => {
  const trail = new Trail();
  for (let second = 0; second < 3_000; second++) {
    trail.sent(
      sent(second, { [`eth${Math.floor(second / 200)}`]: { rtt_ms: second } }),
      NOW + second * 1_000,
    );
  }
  const read = trail.read()!;
  equal(read.encoder_kbps.length * TRAIL_PERIOD, 600_000);
  deepEqual([read.encoder_kbps[0], read.encoder_kbps.at(-1)], [2_401, 2_999]);
  equal(read.from, NOW + 2_400_000);
  equal(read.links.length, TRAIL_LINKS);
  ok(read.links.every(({ rtt_ms }) => rtt_ms.every((value) => value === null)));
});

Deno.test("[TRL1] whenever reports arrive, columns are equally long, bounded, and end with the newest report", () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 400_000 }), kbps: fc.nat(20_000) });
  fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
    const trail = new Trail();
    let at = NOW;
    for (const { wait, kbps } of steps) {
      at += wait;
      trail.sent(sent(kbps, { a: { loss_rate: 0.1 } }), at);
    }
    const { encoder_kbps, received_fps, links, from } = trail.read()!;
    ok(encoder_kbps.length <= TRAIL_PERIODS);
    equal(received_fps.length, encoder_kbps.length);
    equal(links[0]!.loss.length, encoder_kbps.length);
    equal(encoder_kbps.at(-1), steps.at(-1)!.kbps);
    equal(from + (encoder_kbps.length - 1) * TRAIL_PERIOD, at - at % TRAIL_PERIOD);
  }));
});
