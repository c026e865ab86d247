/**
 * Views of a vehicle, as a worker sends them, for tests and pictures of the driving page.
 *
 * @module
 */
import { VehicleView } from "../../../protocol/control/vehicle.ts";

const fresh = (value: number) => ({ value, age_ms: 120 });

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
