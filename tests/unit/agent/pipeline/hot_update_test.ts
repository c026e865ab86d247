import { deepEqual, match, ok } from "node:assert/strict";
import { DEFAULT_RULES } from "../../../../media/links/rist/scheduler.ts";
import { planUpdate } from "../../../../agent/pipeline/hot_update.ts";

const NOW = { bitrate_kbps: 1_000, keyint_max: 60, tune: "zerolatency" } as const;

Deno.test("[SND6] the limits that the bitrate follows the link within change while the stream runs", () => {
  deepEqual(planUpdate({ encoder: { min_bitrate_kbps: 300, max_bitrate_kbps: 4_000 } }, NOW), {
    encoder: { ...NOW, min_bitrate_kbps: 300, max_bitrate_kbps: 4_000 },
    applied: ["encoder.min_bitrate_kbps", "encoder.max_bitrate_kbps"],
  });
});

Deno.test("[SND6] bitrate and keyframe distance change while the stream runs", () => {
  deepEqual(planUpdate({ encoder: { bitrate_kbps: 2_000, keyint_max: 30 } }, NOW), {
    encoder: { ...NOW, bitrate_kbps: 2_000, keyint_max: 30 },
    applied: ["encoder.bitrate_kbps", "encoder.keyint_max"],
  });
});

Deno.test("[SND7] an update with a field that takes a restart is refused as a whole, each field with its reason", () => {
  const plan = planUpdate({
    encoder: { bitrate_kbps: 2_000, tune: "film" },
    scheduler: { discard_deadline_ms: 300, storm_enabled: true },
  }, NOW);
  ok("refusal" in plan);
  match(plan.refusal.message, /encoder\.tune: .*latency/);
  match(plan.refusal.message, /scheduler\.discard_deadline_ms: .*latency/);
  match(plan.refusal.message, /scheduler\.storm_enabled: .*nothing to schedule/);
  match(plan.refusal.message, /Stop the stream/);
});

Deno.test("[SND7] a field with its current value is in force", () => {
  deepEqual(planUpdate({ encoder: { tune: "zerolatency" } }, NOW), {
    encoder: NOW,
    applied: ["encoder.tune"],
  });
  deepEqual(planUpdate({}, NOW), { encoder: NOW, applied: [] });
});

Deno.test("[BND8] a bonded link takes new settings of its scheduler while the stream runs; unknown ones and the latency are refused", () => {
  const scheduler = { redundancy_spare_ratio: 0.4, critical_broadcast: false };
  deepEqual(planUpdate({ scheduler }, NOW, DEFAULT_RULES), {
    encoder: NOW,
    rules: { ...DEFAULT_RULES, spareRatio: 0.4, criticalBroadcast: false },
    applied: ["scheduler.redundancy_spare_ratio", "scheduler.critical_broadcast"],
  });
  const plan = planUpdate(
    { scheduler: { discard_deadline_ms: 300, failover_ms: 3, storm_enabled: false } },
    NOW,
    DEFAULT_RULES,
  );
  ok("refusal" in plan);
  match(plan.refusal.message, /discard_deadline_ms: .*latency.*failover_ms: it is not known/);
  ok(!plan.refusal.message.includes("storm"));
});
