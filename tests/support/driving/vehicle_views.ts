/**
 * Views of a vehicle, as a worker sends them, for tests and pictures of the driving page.
 *
 * @module
 */
import type { VehiclePath } from "../../../protocol/control/vehicle_paths.ts";
import { VehicleView } from "../../../protocol/control/vehicle.ts";

const fresh = (value: number) => ({ value, age_ms: 120 });

/** Two paths, as a box with a modem and a wireless network has them. */
export const PATHS: readonly VehiclePath[] = [
  {
    interface: "wwan0",
    state: "Live",
    rtt_ms: 48,
    loss_rate: 0.004,
    capacity_kbps: 4_800,
    age_ms: 300,
    signal: { dbm: -83, percent: 61, age_ms: 6_000 },
  },
  { interface: "wlan0", state: "Degrade", rtt_ms: 131, loss_rate: 0.072, age_ms: 300 },
];

/** The view of a connected vehicle that somebody may drive, with the changed fields of `change`. */
export function view(change: Readonly<Record<string, unknown>> = {}): VehicleView {
  return VehicleView.parse({
    link: "connected",
    driver: true,
    asked: false,
    state: "disarmed",
    confirmed: { steering: 0, throttle: 0 },
    rtt_ms: 34,
    link_age_ms: 60,
    readings: {
      battery_v: fresh(11.62),
      battery_percent: fresh(78),
      speed_mps: fresh(0),
      heading_deg: fresh(42),
      lat: fresh(50.1109),
      lon: fresh(8.6821),
      gps_fix: fresh(3),
      altitude_m: fresh(112),
      cpu_percent: fresh(31),
      temperature_c: fresh(46.4),
      signal_dbm: fresh(-71),
      signal_percent: fresh(64),
    },
    ...change,
  });
}
