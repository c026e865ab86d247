import { deepEqual, equal } from "node:assert/strict";
import { readTrail } from "../../../web/operator/stream/stored_trail.ts";

Deno.test("[DSH4] kept figures become points with their time, and what was not measured is absent, not zero", () => {
  const none = [null, null, null];
  const trail = readTrail({
    ...{ from: 10_000, period_ms: 2_000, encoder_kbps: [4_000, null, 4_200] },
    ...{ received_kbps: [null, 3_900, 0], received_fps: [null, 30, null] },
    received_loss: [null, 0.02, null],
    links: [
      {
        interface: "wwan0",
        kbps: [3_000, null, 0],
        rtt_ms: [45, null, null],
        loss: none,
        signal_dbm: none,
      },
      { interface: "wwan1", kbps: none, rtt_ms: none, loss: none, signal_dbm: [null, -70, -71] },
    ],
  });
  deepEqual(trail.sent, [
    {
      at: 10_000,
      value: { encoderKbps: 4_000, links: [{ name: "wwan0", kbps: 3_000, rttMs: 45 }] },
    },
    {
      at: 14_000,
      value: {
        encoderKbps: 4_200,
        links: [{ name: "wwan0", kbps: 0 }, { name: "wwan1", signalDbm: -71 }],
      },
    },
  ]);
  deepEqual(trail.received, [
    { at: 12_000, value: { kbps: 3_900, paths: [], frameRate: 30, loss: 0.02 } },
    { at: 14_000, value: { kbps: 0, paths: [] } },
  ]);
  equal(trail.received.length, 2);
});
