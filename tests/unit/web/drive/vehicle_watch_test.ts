import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../../protocol/clock.ts";
import {
  lossOf,
  NOTHING_SEEN,
  readingAt,
  VIEW_SILENCE,
  watch,
  type Watched,
} from "../../../../web/play/drive/vehicle_watch.ts";
import { createDriveSettings, USUAL } from "../../../../web/play/drive/settings.ts";
import { view } from "../../../support/driving/vehicle_views.ts";

const seen = (at: number, change: Parameters<typeof view>[0] = {}) => ({
  view: view(change),
  at: at as Millis,
});

function loss(now: number, ...views: readonly ReturnType<typeof seen>[]) {
  const watched = views.reduce<Watched>(watch, NOTHING_SEEN);
  return lossOf(views.at(-1), watched, now as Millis);
}

Deno.test("[DPG10] a failsafe is shown with its cause and since when it was seen", () => {
  const failsafe = { state: "failsafe", cause: "silent" };
  equal(loss(0), undefined, "before the first view");
  equal(loss(0, seen(0)), undefined);
  deepEqual(loss(900, seen(0), seen(200, failsafe), seen(400, failsafe)), {
    kind: "silent",
    since: 200,
  });
  deepEqual(loss(900, seen(0, failsafe), seen(300, { ...failsafe, cause: "browser_lost" })), {
    kind: "browser_lost",
    since: 300,
  });
  equal(loss(900, seen(0, failsafe), seen(300, { state: "armed" })), undefined);
});

Deno.test("[DPG10] a vehicle that never came is waited for; one that was there is lost", () => {
  const never = (at: number) => seen(at, { link: "waiting", link_age_ms: undefined });
  deepEqual(loss(700, never(100), never(300), never(500)), { kind: "waiting", since: 100 });
  const gone = seen(9_000, { link: "waiting", link_age_ms: 3_000 });
  deepEqual(loss(9_000, seen(5_000), gone), { kind: "disconnected", since: 6_000 });
});

Deno.test("[DPG18] a control port that the worker cannot open is named", () => {
  const taken = seen(100, {
    ...{ link: "waiting", link_age_ms: undefined },
    port_fault: { port: 15_001, reason: "taken" },
  });
  deepEqual(loss(700, taken), { kind: "port_taken", since: 100, port: 15_001 });
});

Deno.test("[DPG10] a hand-over is shown for a while", () => {
  const given = [0, 1_000, 2_000, 3_000, 4_000, 5_000].map((at) =>
    seen(at, { state: "failsafe", cause: "handed_over" })
  );
  equal(loss(4_000, ...given.slice(0, 5))?.kind, "handed_over");
  equal(loss(5_000, ...given), undefined);
});

Deno.test("[DPG10] silence of the worker comes before that of the vehicle", () => {
  const gone = seen(5_000, { link: "disconnected", link_age_ms: 4_000 });
  deepEqual(loss(5_100, gone), { kind: "disconnected", since: 1_000 });
  deepEqual(loss(5_001 + VIEW_SILENCE, gone), { kind: "no_view", since: 5_000 });
});

Deno.test("[DPG11] only a fresh position with a fix goes on the trail", () => {
  const at = (lat: number, age_ms = 0, fix = 3) =>
    seen(0, {
      readings: {
        lat: { value: lat, age_ms },
        lon: { value: 8, age_ms },
        gps_fix: { value: fix, age_ms },
      },
    });
  const trail = [at(50), at(50.001, 9_000), at(50.001, 0, 1), at(50.002)]
    .reduce<Watched>(watch, NOTHING_SEEN).trail;
  deepEqual(trail.map(({ lat }) => lat), [50, 50.002]);
});

Deno.test("[DPG12] a reading grows old between two views", () => {
  const newest = seen(1_000, { readings: { battery_v: { value: 11, age_ms: 2_500 } } });
  deepEqual(readingAt(newest, "battery_v", 1_200 as Millis), {
    value: 11,
    age: 2_700,
    isStale: false,
  });
  equal(readingAt(newest, "battery_v", 1_600 as Millis)?.isStale, true);
  equal(readingAt(newest, "speed_mps", 1_600 as Millis), undefined);
});

Deno.test("[DPG2] settings are kept in the browser; what cannot be read or kept is ignored", () => {
  const store = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
  });
  createDriveSettings(storage).change({ expo: 55, tilt: true });
  deepEqual(createDriveSettings(storage).all.value, { ...USUAL, expo: 55, tilt: true });
  for (const text of ["{", "[]", '{"expo":1000}']) {
    store.set("farpad.driving", text);
    deepEqual(createDriveSettings(storage).all.value, USUAL);
  }
  const warnings: string[] = [];
  const full = createDriveSettings(() => {
    throw new Error("The storage is closed");
  }, (text) => warnings.push(text));
  full.change({ expo: 5 });
  equal(full.all.value.expo, 5);
  deepEqual(warnings, ["Cannot keep how you drive: The storage is closed"]);
});
