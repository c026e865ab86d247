import { deepEqual, equal, ok } from "node:assert/strict";
import { AbsenceNotes, changesOf } from "../../../../agent/absence/absence_notes.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { absenceAt, AbsenceReport } from "../../../../protocol/field/absence.ts";
import type { DeviceStatus } from "../../../../protocol/field/device.ts";

const STATUS: DeviceStatus = {
  network_interfaces: [
    { name: "wwan0", type: "cellular", state: "connected", signal_dbm: -90 },
    { name: "wlan0", type: "wifi", state: "connected", signal_dbm: -60 },
  ],
  media_inputs: [],
  saved_media: [],
  stream_state: "idle",
  cpu_percent: 5,
  mem_used_mb: 100,
  uptime_s: 60,
};
const at = (seconds: number) => seconds * 1000 as Millis;

Deno.test("[ABS1] a reading every 30 s and each change are noted, and told with their ages", () => {
  const notes = new AbsenceNotes();
  for (let s = 0; s <= 60; s += 2) {
    notes.note({ ...STATUS, stream_state: s < 40 ? "idle" : "streaming" }, at(s));
  }
  const report = notes.report(at(62))!;
  deepEqual(report.readings.map(({ age_ms, signal_dbm }) => [age_ms, signal_dbm]), [
    [62_000, -90],
    [32_000, -90],
    [2_000, -90],
  ]);
  deepEqual(report.changes, [{ age_ms: 22_000, text: "stream: idle, then streaming" }]);
  equal(report.lasted_ms, 62_000);
});

Deno.test("[ABS1] a week away stays within the bounds and is covered from its beginning to its end", () => {
  const notes = new AbsenceNotes();
  const week = 7 * 86_400;
  for (let s = 0; s <= week; s += 20) {
    const state = s % 40 ? "connected" : "disconnected";
    const [link] = STATUS.network_interfaces;
    notes.note({ ...STATUS, network_interfaces: [{ ...link!, state }] }, at(s));
  }
  const report = AbsenceReport.parse(notes.report(at(week)));
  ok(report.readings.length > 55 && report.readings.length <= 120);
  equal(report.readings[0]!.age_ms, at(week));
  equal(report.changes.length, 40);
  equal(report.left_out, week / 20 - 40);
  ok(JSON.stringify(report).length < 32_000);
});

Deno.test("[ABS2] a short absence is not told, and a reported one is told once", () => {
  const notes = new AbsenceNotes();
  equal(notes.report(at(1)), undefined);
  notes.note(STATUS, at(2));
  equal(notes.report(at(11)), undefined);
  ok(notes.report(at(12)));
  notes.clear();
  equal(notes.report(at(99)), undefined);
});

Deno.test("[ABS1] what came, went and changed is named", () => {
  const [modem] = STATUS.network_interfaces;
  const after = { ...STATUS, network_interfaces: [{ ...modem!, state: "error" as const }] };
  deepEqual(changesOf(STATUS, after), [
    "wwan0: connected, then error",
    "wlan0: connected, then absent",
  ]);
});

Deno.test("[ABS3] ages become moments of the reader's clock", () => {
  const report = { lasted_ms: 500, readings: [], changes: [{ age_ms: 200, text: "x" }] };
  const absence = absenceAt({ ...report, left_out: 0 }, 10_000);
  deepEqual([absence.from, absence.to, absence.changes], [9_500, 10_000, [{
    at: 9_800,
    text: "x",
  }]]);
});
