import { equal, match, ok } from "node:assert/strict";
import { OFFLINE } from "../../../agent/login.ts";
import { type PageFacts, renderPage } from "../../../agent/status_page.ts";
import { differs } from "../../../agent/status.ts";
import type { DeviceStatus } from "../../../protocol/field/device.ts";
import { ONLINE } from "../../fakes/control_link.ts";

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

const FACTS: PageFacts = {
  version: "0.1.0",
  hostname: "box<7>",
  coordinator: "wss://farpad.example.org/agent/ws",
  senderId: "snd_1",
  login: ONLINE,
  stream: { state: "idle", running: [], last: { stats: undefined, end: undefined } },
  update: undefined,
  interfaces: STATUS.network_interfaces,
};

Deno.test("[BOX18] the status page shows in one line the state of the agent, and the reason for being offline", () => {
  match(renderPage(FACTS), /Online, ready to send/);
  match(renderPage({ ...FACTS, senderId: undefined, login: OFFLINE }), /Not enrolled yet/);
  const refused = { state: "offline", why: "Cannot enrol: the token was used" } as const;
  match(renderPage({ ...FACTS, login: refused }), /No contact.*token was used/s);
  const late = { ...ONLINE, skew: -90_000 } as PageFacts["login"];
  match(renderPage({ ...FACTS, login: late }), /90 s behind the coordinator/);
});

Deno.test("[SND15] the status page shows that the source is lost, the reason, and until when it is opened again", () => {
  const input = {
    state: "lost",
    lost_for_s: 12,
    gives_up_in_s: 288,
    error: "the camera /dev/video0 ended: No such device",
  } as const;
  const stats = { uptime_s: 60, encoder_bitrate_kbps: 0, links: [], input };
  const page = (state: "streaming" | "idle") =>
    renderPage({ ...FACTS, stream: { state, running: [], last: { stats, end: undefined } } });
  match(page("streaming"), /The source is lost; opening it again/);
  match(page("streaming"), /lost for 12 s; the stream ends in 288 s\. the camera.*No such device/);
  ok(!/lost/.test(page("idle")));
});

Deno.test("[BOX18] names on the status page are text, not markup", () => {
  const page = renderPage(FACTS);
  ok(page.includes("box&lt;7>") && !page.includes("box<7>"));
});
