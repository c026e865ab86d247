import { equal, match } from "node:assert/strict";
import type { KeepLive } from "../../../protocol/rest/keep_live.ts";
import { keepLiveWording, scheduleWords } from "../../../web/operator/keep_live/words.ts";

Deno.test("[KLV10] the hours of keep live say when they begin or end next", () => {
  const hours = { from: "08:00", to: "18:00", days: [1], zone: "UTC" };
  const kept: KeepLive = { state: "running", since: 0, hours, starts: [] };
  const now = new Date(2026, 10, 29, 12, 0).getTime();
  const monday = new Date(2026, 10, 30, 8, 0).getTime();
  equal(
    scheduleWords({ ...kept, ends_at: now + 3_600_000 }, now),
    "Stops today at 13:00.",
  );
  const outside: KeepLive = { ...kept, state: "outside", begins_at: monday };
  match(scheduleWords(outside, now)!, /^Next start Mon,? 30 Nov,? (at )?08:00\.$/);
  match(keepLiveWording(outside, now).word, /outside its hours.*Next start/);
  equal(scheduleWords({ ...kept }, now), undefined);
  equal(scheduleWords({ ...kept, state: "off", ends_at: now }, now), undefined);
});
