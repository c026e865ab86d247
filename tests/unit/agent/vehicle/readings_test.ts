import { deepEqual, equal } from "node:assert/strict";
import { ReadingStore } from "../../../../agent/vehicle/readings.ts";
import { telemetryReader } from "../../../../agent/vehicle/telemetry_port.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const at = (ms: number) => ms as Millis;

Deno.test("[DRV23] readings are kept by name with their age, and left out after a minute", () => {
  const store = new ReadingStore();
  store.take({ battery_v: 11.8, lat: 47.1 }, at(0));
  store.take({ battery_v: 11.7, unknown: 3 }, at(1_000));
  deepEqual(store.at(at(1_500)), {
    battery_v: { value: 11.7, age_ms: 500 },
    lat: { value: 47.1, age_ms: 1_500 },
  });
  deepEqual(Object.keys(store.at(at(60_500))), ["battery_v"]);
});

Deno.test("[DRV23] a value that is out of range or no number replaces nothing", () => {
  const store = new ReadingStore();
  store.take({ lat: 47.1 }, at(0));
  const wrong = { lat: 91, battery_percent: "full", gps_fix: 2.5, speed_mps: NaN, lon: 8 };
  const { taken, refused } = store.take(wrong, at(10));
  deepEqual([taken, refused.toSorted()], [1, [
    "battery_percent",
    "gps_fix",
    "lat",
    "speed_mps",
  ]]);
  deepEqual(store.at(at(10)).lat, { value: 47.1, age_ms: 10 });
});

Deno.test("[DRV23] what the device itself knows counts only where no program reports it", () => {
  const store = new ReadingStore();
  store.take({ cpu_percent: 5 }, at(0));
  store.take({ cpu_percent: 70, temperature_c: 40 }, at(1_000), "device");
  deepEqual(store.at(at(1_000)).cpu_percent?.value, 5);
  deepEqual(store.at(at(1_000)).temperature_c?.value, 40);
  store.take({ cpu_percent: 70 }, at(10_000), "device");
  deepEqual(store.at(at(10_000)).cpu_percent?.value, 70);
});

Deno.test("[DRV23] datagrams that are no readings, too long or too many are dropped with one warning", () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = createLog({ clock, sink: (line) => void lines.push(line) });
  const readings = new ReadingStore();
  const receive = telemetryReader({ clock, log, readings });
  const text = (value: string) => receive(new TextEncoder().encode(value));
  for (const wrong of ["", "{", "[1]", "null", "3", '{"battery_v":"x"}', "{}"]) text(wrong);
  text(JSON.stringify({ battery_v: 1, more: "x".repeat(1_400) }));
  deepEqual(readings.at(clock.now()), {});
  equal(lines.length, 1);
  clock.advance(1_000);
  for (let count = 1; count <= 300; count++) text(`{"battery_v":${count}}`);
  deepEqual(readings.at(clock.now()).battery_v?.value, 200);
  clock.advance(1_000);
  text('{"battery_v":12}');
  deepEqual(readings.at(clock.now()).battery_v?.value, 12);
});
