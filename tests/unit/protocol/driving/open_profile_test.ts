import { deepEqual, equal, ok } from "node:assert/strict";
import type { EpochMillis, Millis } from "../../../../protocol/clock.ts";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { mapCodec } from "../../../../protocol/control/control_map.ts";
import { DrivingEnd } from "../../../../protocol/driving/driving_end.ts";
import { mapProfile } from "../../../../protocol/driving/profile.ts";
import { VehicleEnd } from "../../../../protocol/driving/vehicle_end.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import exchanges from "../../../vectors/driving_exchanges.json" with { type: "json" };

const BEGAN = { epoch: 1_700_000_000_500 as EpochMillis, now: 0 as Millis };
const REST = { steering: 0, throttle: 0 };

Deno.test("[DRV13] a driving end answers the recorded vehicle with the recorded bytes", () => {
  const sent: string[] = [];
  const driver = new DrivingEnd({
    profile: mapProfile,
    port: recorder(sent),
    random: new SeededRandom(1),
    events: { changed: () => {}, telemetry: () => {}, error: () => {} },
  }, BEGAN);
  for (const { from, hex, name } of exchanges.driver) {
    if (from === "vehicle") driver.receive(Uint8Array.fromHex(hex), BEGAN.now);
    else if (name === "Control") driver.drive(REST, BEGAN.now);
    if (from === "driver") ok(sent.includes(hex), `${name}: ${hex} is not in ${sent}`);
  }
  equal(driver.state, "connected");
});

Deno.test("[DRV13] a vehicle answers the recorded driving end with the recorded bytes", () => {
  const sent: string[] = [];
  const controls: unknown[] = [];
  const commands: unknown[] = [];
  const vehicle = new VehicleEnd({
    profile: mapProfile,
    port: recorder(sent),
    events: {
      changed: () => {},
      control: (state) => void controls.push(state),
      controlLost: () => {},
      command: (command) => void commands.push(command),
      error: () => {},
    },
  }, BEGAN);
  vehicle.advance(BEGAN.now);
  for (const { from, hex, name } of exchanges.vehicle) {
    if (from === "driver") vehicle.receive(Uint8Array.fromHex(hex), BEGAN.now);
    else ok(sent.includes(hex), `${name}: ${hex} is not in ${sent}`);
  }
  deepEqual(controls, [REST]);
  deepEqual(commands, [{ id: "1-0", command: "trim", parameters: { action: "increase" } }]);
});

Deno.test("[DRV13] a Syn names its version where that is wanted", () => {
  const sent: string[] = [];
  const vehicle = new VehicleEnd({
    profile: mapProfile,
    port: recorder(sent),
    options: { namesVersion: true },
    events: {
      changed: () => {},
      control: () => {},
      controlLost: () => {},
      command: () => {},
      error: () => {},
    },
  }, BEGAN);
  vehicle.advance(BEGAN.now);
  deepEqual(sent, ["83a174a353796ea17081a17601a164cb41d954fc40200000"]);
});

Deno.test("[DRV14] the messages have their sizes", () => {
  const timestamp = 1_700_000_000.5;
  const size = (codec: typeof mapCodec, message: Parameters<typeof mapCodec.encode>[0]) =>
    codec.encode(message).length;
  const syn = { type: "Syn", timestamp, payload: {} } as const;
  const ack = { type: "Ack", timestamp, payload: {} } as const;
  deepEqual([size(mapCodec, syn), size(mapCodec, ack)], [21, 21]);
  ok(size(compactCodec, syn) <= 8 && size(compactCodec, ack) <= 8);
  for (const steering of [-1, -0.123, 0, 1]) {
    const payload = { steering, throttle: -steering };
    ok(size(compactCodec, { type: "Control", timestamp, payload }) <= 16);
  }
});

function recorder(sent: string[]) {
  return {
    send(bytes: Uint8Array) {
      sent.push(bytes.toHex());
      return true;
    },
  };
}
