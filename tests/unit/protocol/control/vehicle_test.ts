import { deepEqual, equal, ok } from "node:assert/strict";
import { MAX_CONTROL_BYTES } from "../../../../protocol/control/control.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import {
  readCommandError,
  READING_NAMES,
  readVehicleView,
  type VehicleView,
} from "../../../../protocol/control/vehicle.ts";

const WHOLE: VehicleView = {
  link: "connected",
  driver: true,
  driver_name: "漢".repeat(40),
  asked: true,
  asked_by: "漢".repeat(40),
  state: "failsafe",
  cause: "actuator_failed",
  sent: { steering: -0.1234567, throttle: 0.7654321 },
  confirmed: { steering: -0.1234567, throttle: 0.7654321 },
  rtt_ms: 51.234,
  link_age_ms: 12.345,
  readings: Object.fromEntries(READING_NAMES.map((name) => [name, { value: 3, age_ms: 100.5 }])),
};

function overTheWire(vehicle: unknown): VehicleView | undefined {
  const bytes = compactCodec.encode({ type: "Telemetry", timestamp: 1, payload: { vehicle } });
  ok(bytes.length <= MAX_CONTROL_BYTES, `${bytes.length} bytes`);
  const message = compactCodec.decode(bytes);
  return message?.type === "Telemetry" ? readVehicleView(message.payload) : undefined;
}

Deno.test("[DRV17] the view of a vehicle with every reading fits into a control message", () => {
  deepEqual(overTheWire(WHOLE), WHOLE);
});

Deno.test("[DRV17] a view of a vehicle that has not reported yet is whole", () => {
  const bare = { link: "waiting", driver: false, asked: false, state: "disarmed", readings: {} };
  deepEqual(overTheWire(bare), bare);
});

Deno.test("[DRV17] readings with other names are left out", () => {
  const readings = { battery_v: { value: 12.1, age_ms: 3 }, secret: { value: 1, age_ms: 1 } };
  deepEqual(overTheWire({ ...WHOLE, readings })?.readings, {
    battery_v: { value: 12.1, age_ms: 3 },
  });
});

Deno.test("[DRV17] what is out of range, not a number, or of no known state is no view", () => {
  const wrong = [
    { sent: { steering: 1.1, throttle: 0 } },
    { confirmed: { steering: NaN, throttle: 0 } },
    { state: "flying" },
    { cause: "bad luck" },
    { cause: undefined },
    { link: "up" },
    { link_age_ms: -1 },
    { readings: { lat: { value: 91, age_ms: 0 } } },
    { readings: { lat: { value: Infinity, age_ms: 0 } } },
    { readings: { gps_fix: { value: 2.5, age_ms: 0 } } },
    { readings: { battery_v: 12 } },
  ];
  for (const change of wrong) {
    equal(readVehicleView({ vehicle: { ...WHOLE, ...change } }), undefined);
  }
  for (const vehicle of [undefined, null, 3, "", []]) {
    equal(readVehicleView({ vehicle }), undefined);
  }
});

Deno.test("[DRV18] only the codes of the list answer a command", () => {
  equal(readCommandError("arm.not_at_rest"), "arm.not_at_rest");
  for (const code of ["", "arm", "toString", "seat.taken"]) {
    equal(readCommandError(code), undefined);
  }
});
