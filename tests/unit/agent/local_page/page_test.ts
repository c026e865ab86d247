import { deepEqual, equal, match, ok } from "node:assert/strict";
import { answer, type LocalPageOptions } from "../../../../agent/local_page/server.ts";
import { renderPage } from "../../../../agent/local_page/page.ts";
import { type PageFacts, signalOf, streamWords } from "../../../../agent/local_page/words.ts";
import { OFFLINE } from "../../../../agent/login.ts";
import { ONLINE } from "../../../fakes/control_link.ts";

const IDLE: PageFacts["stream"] = {
  state: "idle",
  running: [],
  last: { stats: undefined, end: undefined },
};
const FACTS: PageFacts = {
  version: "0.1.0",
  hostname: "box<7>",
  coordinator: "wss://farpad.example.org/agent/ws",
  senderId: "snd_1",
  enrolling: false,
  login: ONLINE,
  stream: IDLE,
  update: undefined,
  interfaces: [
    { name: "eth0", type: "ethernet", state: "connected", ip: "192.0.2.7" },
    { name: "wwan0", type: "cellular", state: "connected", signal_dbm: -80 },
  ],
};
const NEW: PageFacts = { ...FACTS, senderId: undefined, login: OFFLINE };
const LINK =
  "farpad-enroll:?url=wss%3A%2F%2Ffarpad.example%2Fagent%2Fws&token=snd_1.ABCDEFGHJKLMNPQRSTUVWXYZ23";

function setup(facts: PageFacts = FACTS, address = "127.0.0.1") {
  const texts: string[] = [];
  const actions: string[] = [];
  const options: LocalPageOptions = {
    address,
    hostname: "Box7",
    requests: {
      isAllowed: facts.request !== undefined,
      ask: (action) => void actions.push(action),
    },
    facts: () => Promise.resolve(facts),
    enrol(text) {
      texts.push(text);
      return Promise.resolve(text.startsWith("farpad-enroll:") ? {} : { error: "Cannot enrol" });
    },
  };
  const get = async (url: string) => (await answer(new Request(url), options)).status;
  const send = (path: string, fields: Record<string, string>, headers: Record<string, string>) => {
    const body = new URLSearchParams(fields);
    const url = `http://127.0.0.1:8120${path}`;
    return answer(new Request(url, { method: "POST", body, headers }), options);
  };
  const post = (link: string, headers: Record<string, string>) => send("/enrol", { link }, headers);
  return { texts, actions, get, post, send };
}
const OWN = { origin: "http://127.0.0.1:8120" };

Deno.test("[BOX18] the local page shows in one line the state of the agent, and the reason for being offline", () => {
  match(renderPage(FACTS), /Online, ready to send/);
  match(renderPage(NEW), /Not enrolled yet/);
  const refused = { state: "offline", why: "Cannot enrol: the token was used" } as const;
  match(renderPage({ ...FACTS, login: refused }), /No contact.*token was used/s);
  const late = { ...ONLINE, skew: -90_000 } as PageFacts["login"];
  match(renderPage({ ...FACTS, login: late }), /90 s behind the coordinator/);
});

Deno.test("[SND15] the local page shows that the source is lost, the reason, and until when it is opened again", () => {
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
  match(page("streaming"), /No picture for 12 s; the stream ends in 288 s\..*No such device/s);
  ok(!/No picture/.test(page("idle")));
});

Deno.test("[BOX18] names on the local page are text, not markup", () => {
  const page = renderPage(FACTS);
  ok(page.includes("box&lt;7>") && !page.includes("box<7>"));
});

Deno.test("[LPG1] on loopback only names of loopback are served", async () => {
  const { get } = setup();
  equal(await get("http://127.0.0.1:8120/"), 200);
  equal(await get("http://localhost:8120/"), 200);
  for (const host of ["evil.example", "192.0.2.7", "box7.local", "127.0.0.1.evil.example"]) {
    equal(await get(`http://${host}:8120/`), 403, host);
  }
});

Deno.test("[LPG1] on an address of the box its numbers and its name are served, and no other name", async () => {
  const { get } = setup(FACTS, "0.0.0.0");
  for (const host of ["192.0.2.7", "[2001:db8::7]", "box7", "box7.local", "localhost"]) {
    equal(await get(`http://${host}:8120/`), 200, host);
  }
  for (const host of ["evil.example", "box7.evil.example"]) {
    equal(await get(`http://${host}:8120/`), 403, host);
  }
});

Deno.test("[LPG2] a form of another page, or without its origin, is refused", async () => {
  const { post, texts } = setup(NEW);
  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:9999", undefined]) {
    equal((await post(LINK, origin === undefined ? {} : { origin })).status, 403, String(origin));
  }
  equal((await post("x".repeat(9_000), OWN)).status, 413);
  deepEqual(texts, []);
});

Deno.test("[LPG3] a box that is not enrolled takes the text of the QR code, or says why not", async () => {
  const { post, texts } = setup(NEW);
  const taken = await post(LINK, OWN);
  deepEqual([taken.status, taken.headers.get("location"), texts], [303, "/", [LINK]]);
  const wrong = await post("<b>", OWN);
  equal(wrong.status, 400);
  const page = await wrong.text();
  match(page, /role="alert">Cannot enrol/);
  ok(!page.includes("<b>"), "what was sent is not repeated");
  match(renderPage({ ...NEW, enrolling: true }), /A link was given/);
});

Deno.test("[LPG3] an enrolled box shows no form and takes no text", async () => {
  const { post, texts } = setup(FACTS);
  ok(!renderPage(FACTS).includes("<form"));
  equal((await post(LINK, OWN)).status, 409);
  deepEqual(texts, []);
});

Deno.test("[LPG4] the stream is in plain words", () => {
  const link = { id: 0, interface: "wwan0", state: "Live", sent_bytes: 1, loss_rate: 0.08 };
  const stats = { uptime_s: 130, encoder_bitrate_kbps: 2_480, framerate: 29.8 };
  const sending = { ...IDLE, state: "streaming" as const };
  const last = { stats: { ...stats, links: [link, { ...link, id: 1 }] }, end: undefined };
  deepEqual(streamWords({ ...sending, last }), [
    "Sending 2.5 Mbit/s and 30 pictures a second, for 2 min.",
    "2 of 2 paths carry it.",
    "The network loses 8 % of it.",
  ]);
  deepEqual(streamWords(IDLE), ["No stream runs."]);
});

Deno.test("[LPG4] a signal is bars with their figure, from dBm or from the modem's own measure", () => {
  match(renderPage(FACTS), /aria-label="Signal: 3 of 4 bars".*-80 dBm/s);
  const modem = { name: "wwan0", type: "cellular", state: "connected" } as const;
  deepEqual(signalOf({ ...modem, signal_percent: 30 }), { bars: 2, figure: "30 %" });
  equal(signalOf(modem), undefined);
});

Deno.test("[LPG5] without permission there is no button, and a form is refused", async () => {
  const { send, actions } = setup(FACTS);
  ok(!renderPage(FACTS).includes("<button"));
  equal((await send("/stream", { action: "start" }, OWN)).status, 403);
  deepEqual(actions, []);
});

Deno.test("[LPG7] with permission the page starts and stops, waits visibly, and shows a refusal", async () => {
  const allowed: PageFacts = { ...FACTS, request: { state: "none" } };
  const { send, actions } = setup(allowed);
  match(renderPage(allowed), /value="start">Start the stream/);
  equal((await send("/stream", { action: "start" }, OWN)).status, 303);
  equal((await send("/stream", { action: "explode" }, OWN)).status, 400);
  equal((await send("/stream", { action: "stop" }, { origin: "http://evil.example" })).status, 403);
  deepEqual(actions, ["start"]);
  const stream = { ...IDLE, state: "streaming" as const };
  match(renderPage({ ...allowed, stream }), /value="stop">Stop the stream/);
  const asked = renderPage({ ...allowed, request: { state: "asked", action: "stop", id: "1" } });
  ok(/Asking the coordinator to stop/.test(asked) && !asked.includes("<button"));
  const refused = { state: "refused", message: "Cannot start: <no> port" } as const;
  match(renderPage({ ...allowed, request: refused }), /role="alert">Cannot start: &lt;no> port/);
});
