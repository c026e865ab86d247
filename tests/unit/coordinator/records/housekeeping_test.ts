import { deepEqual, equal } from "node:assert/strict";
import { createMemoryStore } from "../../../../coordinator/adapters/memory_store.ts";
import {
  Housekeeping,
  KEEP_ALERTS,
  KEEP_HISTORY,
  KEEP_TRAILS,
  MOST_TRAILS,
} from "../../../../coordinator/records/housekeeping.ts";
import { StreamId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const store = createMemoryStore();
  const log = createLog({ clock, sink: () => {} });
  return { clock, store, keeper: new Housekeeping({ store, clock, log }) };
}

Deno.test("[HOU1] rows beyond their age are removed, and no others", async () => {
  const { clock, store, keeper } = setup();
  using _ = keeper;
  const now = clock.epoch();
  const alert = { rule: "cpu", subject: "Box", message: "-" } as const;
  const old = now - KEEP_ALERTS;
  await store.alerts.insert({ ...alert, alert_id: "old", state: "cleared", raised_at: old });
  await store.alerts.insert({ ...alert, alert_id: "raised", state: "raised", raised_at: old });
  await store.alerts.insert({ ...alert, alert_id: "new", state: "cleared", raised_at: old + 1 });
  for (let n = 0; n < 450; n++) {
    await store.audit.insert({
      audit_id: `a${n}`,
      at: now - KEEP_HISTORY,
      actor: "x",
      action: "y",
    });
  }
  await store.audit.insert({ audit_id: "recent", at: now, actor: "x", action: "y" });
  equal(await keeper.clean(), 451);
  deepEqual((await store.alerts.list()).map(({ alert_id }) => alert_id), ["raised", "new"]);
  deepEqual((await store.audit.list()).map(({ audit_id }) => audit_id), ["recent"]);
});

Deno.test("[HOU1] old rows are removed once a day", async () => {
  const { clock, store, keeper } = setup();
  using _ = keeper;
  const at = clock.epoch() - KEEP_HISTORY + 1000;
  await store.audit.insert({ audit_id: "a", at, actor: "x", action: "y" });
  await clock.run(24 * 3_600_000 - 1);
  equal((await store.audit.list()).length, 1);
  await clock.run(1);
  equal((await store.audit.list()).length, 0);
});

Deno.test("[HOU2] the last minutes of streams are kept for a month, and of the newest two thousand", async () => {
  const { clock, store, keeper } = setup();
  using _ = keeper;
  const now = clock.epoch();
  const trail = {
    ...{ from: 0, period_ms: 2_000, links: [] },
    ...{ encoder_kbps: [], received_kbps: [], received_fps: [], received_loss: [] },
  };
  const keep = (name: string, ended_at: number) =>
    store.trails.insert({ stream_id: StreamId.parse(`str_${name}`), ended_at, trail });
  await keep("old", now - KEEP_TRAILS);
  for (let n = 0; n < MOST_TRAILS + 3; n++) await keep(`n${n}`, now - n);
  equal(await keeper.clean(), 4);
  const left = await store.trails.list({ limit: MOST_TRAILS + 9 });
  deepEqual([left.length, left[0]!.ended_at], [MOST_TRAILS, now - MOST_TRAILS + 1]);
});
