import { equal, ok } from "node:assert/strict";
import { differs } from "../../../agent/status.ts";
import type { DeviceStatus } from "../../../protocol/field/device.ts";

const STATUS: DeviceStatus = {
  network_interfaces: [{ name: "eth0", type: "ethernet", state: "connected", ip: "192.0.2.7" }],
  media_inputs: [],
  saved_media: [],
  stream_state: "idle",
  cpu_percent: 5,
  mem_used_mb: 100,
  uptime_s: 60,
};

Deno.test("[BOX11] a change that an operator acts on is reported at once; changing load and signal are not", () => {
  const after = (change: Partial<DeviceStatus>) => differs(STATUS, { ...STATUS, ...change });
  const [link] = STATUS.network_interfaces;
  equal(after({ cpu_percent: 99, mem_used_mb: 1, uptime_s: 70, temperature_c: 80 }), false);
  equal(after({ network_interfaces: [{ ...link!, signal_dbm: -90 }] }), false);
  ok(after({ network_interfaces: [{ ...link!, ip: "192.0.2.8" }] }));
  ok(after({ network_interfaces: [] }));
  ok(after({ stream_state: "starting" }));
  ok(after({ update: { state: "downloading" } }));
  ok(after({ saved_media: [{ path: "/m/a.mp4", name: "a.mp4", size_mb: 1 }] }));
});
