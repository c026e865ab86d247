import { deepEqual, equal } from "node:assert/strict";
import { PathStore } from "../../../../agent/vehicle/path_store.ts";
import type { Millis } from "../../../../protocol/clock.ts";

const at = (ms: number) => ms as Millis;
const link = (change: object = {}) => ({
  ...{ id: 0, interface: "wwan0", state: "Live", sent_bytes: 1, rtt_ms: 45.4, loss_rate: 0.01 },
  ...{ capacity_bps: 4_812_345, observed_bps: 1 },
  ...change,
});

Deno.test("[DRV28] a path has its figures and its radio, each with its own age", () => {
  const store = new PathStore();
  equal(store.at(at(0)), undefined);
  store.takeSignals(new Map([["wwan0", { signal_dbm: -90 }], ["wlan0", { carrier: "x" }]]), at(0));
  store.takeLinks([link(), link({ interface: "wlan0", rtt_ms: null, loss_rate: null })], at(4_000));
  deepEqual(store.at(at(4_500)), [
    {
      interface: "wwan0",
      state: "Live",
      age_ms: 500,
      rtt_ms: 45,
      loss_rate: 0.01,
      capacity_kbps: 4812,
      signal: { dbm: -90, age_ms: 4_500 },
    },
    { interface: "wlan0", state: "Live", age_ms: 500, capacity_kbps: 4812 },
  ]);
});

Deno.test("[DRV28] a path that is down says since when, also while no new figures come", () => {
  const store = new PathStore();
  const down = { state: "Cooldown", state_s: 7, rtt_ms: null, loss_rate: null, capacity_bps: null };
  store.takeLinks([link(down)], at(1_000));
  deepEqual(store.at(at(1_400)), [
    { interface: "wwan0", state: "Cooldown", state_ms: 7_400, age_ms: 400 },
  ]);
});

Deno.test("[DRV28] figures of a minute ago, of another stream and of unknown states are left out", () => {
  const store = new PathStore();
  store.takeLinks([link(), link({ state: "Sleeping" })], at(0));
  equal(store.at(at(60_000))?.length, 1);
  equal(store.at(at(60_001)), undefined);
  store.takeLinks([link()], at(0));
  store.clear();
  equal(store.at(at(1)), undefined);
});
