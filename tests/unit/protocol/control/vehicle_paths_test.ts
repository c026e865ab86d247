import { deepEqual, equal, ok } from "node:assert/strict";
import { MAX_CONTROL_BYTES } from "../../../../protocol/control/control.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import {
  agedPaths,
  readVehiclePaths,
  type VehiclePath,
} from "../../../../protocol/control/vehicle_paths.ts";

const WHOLE: VehiclePath = {
  interface: "i".repeat(32),
  state: "Cooldown",
  state_ms: 86_400_000,
  rtt_ms: 70_000,
  loss_rate: 0.123456,
  capacity_kbps: 100_000,
  age_ms: 60_000,
  signal: { dbm: -101, percent: 61, age_ms: 60_000 },
};

Deno.test("[DRV28] six paths with everything fit into a control message", () => {
  const paths = Array.from({ length: 6 }, () => WHOLE);
  const bytes = compactCodec.encode({ type: "Telemetry", timestamp: 1, payload: { paths } });
  ok(bytes.length <= MAX_CONTROL_BYTES, `${bytes.length} bytes`);
  const message = compactCodec.decode(bytes);
  ok(message?.type === "Telemetry");
  deepEqual(readVehiclePaths(message.payload), paths);
});

Deno.test("[DRV28] what is out of range or of no known state is no description of paths", () => {
  const wrong = [
    { state: "Sleeping" },
    { rtt_ms: NaN },
    { loss_rate: 1.5 },
    { capacity_kbps: -1 },
    { age_ms: undefined },
    { signal: { dbm: 90, age_ms: 1 } },
    { interface: "\u202ewwan0" },
  ];
  for (const change of wrong) {
    equal(readVehiclePaths({ paths: [{ ...WHOLE, ...change }] }), undefined);
  }
  equal(readVehiclePaths({ paths: Array.from({ length: 7 }, () => WHOLE) }), undefined);
  equal(readVehiclePaths({}), undefined);
});

Deno.test("[DRV28] paths grow older on their way", () => {
  deepEqual(agedPaths([WHOLE, { interface: "a", state: "Live", age_ms: 1 }], 40.4), [
    { ...WHOLE, state_ms: 86_400_040, age_ms: 60_040, signal: { ...WHOLE.signal, age_ms: 60_040 } },
    { interface: "a", state: "Live", age_ms: 41 },
  ]);
});
