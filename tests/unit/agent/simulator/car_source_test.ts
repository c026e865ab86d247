import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { jsonFrame } from "../../../../agent/actuators/drivers/frames.ts";
import type { FieldSourceListener } from "../../../../agent/pipeline/ports.ts";
import { type CarLink, ControlReader } from "../../../../agent/simulator/car_link.ts";
import { CarSource } from "../../../../agent/simulator/car_source.ts";
import { startCar } from "../../../../agent/simulator/drive.ts";
import { readingsOf } from "../../../../agent/simulator/readings.ts";
import { READINGS } from "../../../../protocol/control/vehicle.ts";
import { type CarCode, readCarCode } from "../../../../protocol/picture/car_code.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const SIZE = { width: 320, height: 180, frameRate: 30 };

/** A link whose control is set by hand. */
function fakeLink(reader: ControlReader): CarLink & { reports: Record<string, number>[] } {
  const reports: Record<string, number>[] = [];
  return {
    reports,
    get received() {
      return reader.newest;
    },
    report: (readings) => void reports.push({ ...readings }),
    [Symbol.dispose]() {},
  };
}

function run({ seconds, throttle = 0, steering = 0, until = Infinity }: {
  seconds: number;
  throttle?: number;
  steering?: number;
  until?: number;
}) {
  const clock = new FakeClock();
  const reader = new ControlReader({ clock, warn: () => {} });
  const link = fakeLink(reader);
  const codes: (CarCode | undefined)[] = [];
  const times: number[] = [];
  const listener: FieldSourceListener = {
    picture({ data, width, height }, pts) {
      codes.push(readCarCode({ data, width, height }));
      times.push(pts);
    },
    unit: () => {},
    sound: () => {},
    restarted: () => {},
    failed: () => {},
  };
  const pulses = [
    { output: 0, width: 1500 + 500 * steering },
    { output: 1, width: 1500 + 500 * throttle },
  ];
  using source = new CarSource(link, { ...SIZE, clock });
  for (let ms = 0; ms < until && ms < seconds * 1000; ms += 10) {
    clock.after(ms, () => reader.read(jsonFrame(pulses, { sequence: ms, at: ms })));
  }
  source.run(listener);
  clock.advance(seconds * 1000 - 1);
  return { codes, times, reports: link.reports };
}

Deno.test("[CAR5] the picture shows the steering that was asked for, within its lag", () => {
  const { codes, times } = run({ seconds: 2, steering: 0.5, throttle: 1 });
  equal(codes.length, 60);
  deepEqual(codes.map((code) => code?.frame), codes.map((_, index) => index));
  ok(codes.slice(12).every((code) => Math.abs(code!.steering - 0.5) < 0.03));
  ok(times.every((pts, index) => index === 0 || pts - times[index - 1]! === 3000));
});

Deno.test("[CAR2] the picture shows the brakes after the control ended", () => {
  const { codes } = run({ seconds: 3, throttle: 1, until: 2_000 });
  ok(codes[58]!.throttle > 0.9);
  ok(codes[75]!.throttle < -0.9);
});

Deno.test("[CAR6] readings are sent ten times a second, with the names and ranges of a vehicle", () => {
  const { reports } = run({ seconds: 3, throttle: 1 });
  ok(reports.length >= 25 && reports.length <= 31, `${reports.length} reports`);
  for (const [name, value] of reports.flatMap((report) => Object.entries(report))) {
    equal(READINGS[name as keyof typeof READINGS].safeParse(value).success, true, name);
  }
  ok(reports.at(-1)!.speed_mps! > 7);
  equal(readingsOf(startCar(0)).speed_mps, 0);
  ok(Math.abs(readingsOf(startCar(0)).heading_deg! - 90) < 15, "it starts to the east");
});

Deno.test("[CAR6] datagrams that are no control are dropped and counted, and warned of once a minute", () => {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const reader = new ControlReader({ clock, warn: (text) => warnings.push(text) });
  reader.read(jsonFrame([{ output: 1, width: 1750 }], { sequence: 0, at: 0 }));
  const good = reader.newest;
  equal(good?.throttle, 0.5);
  equal(good?.steering, 0);
  const bad = ["", "[]", "null", "{}", '{"pulses":{"0":"1500"}}', '{"pulses":{"1":1e9}}', "\u0000"];
  for (const text of bad) reader.read(new TextEncoder().encode(text));
  reader.read(new TextEncoder().encode(`{"pulses":{},"pad":"${"x".repeat(2_000)}"}`));
  equal(reader.dropped, bad.length + 1);
  equal(reader.newest, good);
  equal(warnings.length, 1);
  clock.advance(61_000);
  reader.read(new Uint8Array(3));
  equal(warnings.length, 2);
});

Deno.test("[CAR6] no bytes make the reader throw, and its control stays in range", () => {
  const reader = new ControlReader({ clock: new FakeClock(), warn: () => {} });
  const pulses = fc.dictionary(
    fc.constantFrom("0", "1", "2", "x"),
    fc.oneof(fc.double(), fc.string()),
  );
  const datagram = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    pulses.map((found) => new TextEncoder().encode(JSON.stringify({ pulses: found }))),
  );
  fc.assert(fc.property(datagram, (bytes) => {
    reader.read(bytes);
    const { steering, throttle } = reader.newest ?? { steering: 0, throttle: 0 };
    ok(Math.abs(steering) <= 1 && Math.abs(throttle) <= 1);
  }));
});

Deno.test("[CAR3] an output above 1750 µs asks the car back to the road", () => {
  const reader = new ControlReader({ clock: new FakeClock(), warn: () => {} });
  const asked = (width: number) => {
    reader.read(jsonFrame([{ output: 2, width }], { sequence: 0, at: 0 }));
    return reader.newest?.reset;
  };
  deepEqual([1000, 1500, 1750, 1800, 2000].map(asked), [false, false, false, true, true]);
});
