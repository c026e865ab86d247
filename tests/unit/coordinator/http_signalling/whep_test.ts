import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createApp } from "../../../../coordinator/app.ts";
import { NEGOTIATION_LIMIT } from "../../../../coordinator/domain/session.ts";
import { JOIN_LIMIT } from "../../../../coordinator/http_signalling/player.ts";
import { FRAGMENT_TYPE, writeFragment } from "../../../../protocol/sdp/fragment.ts";
import { createFakeCoordinator, type FakeOptions, roomOf } from "../../../fakes/coordinator.ts";
import { factsOf } from "../../../support/coordinator/request_facts.ts";
import { offerWith } from "../../../support/signalling/offers.ts";

const ICE = { ufrag: "abcd", pwd: "0123456789abcdef01234567" };
const CANDIDATE = "candidate:1 1 udp 1 192.0.2.7 5000 typ host";
const ANSWER = "v=0\r\nanswer";

/** A coordinator with a worker, on which a room runs. */
function scene(options: FakeOptions = {}) {
  const coordinator = createFakeCoordinator(options);
  const { services } = coordinator;
  const w1 = coordinator.worker("w1", { rooms: [roomOf("w1", "r1")] });
  const app = createApp(services, { metricsToken: undefined, web: "no/such/folder" });
  const call = (
    method: string,
    path: string,
    { headers = {}, body = null, peer = "192.0.2.9", signal = null }: {
      headers?: Record<string, string>;
      body?: string | null;
      peer?: string;
      signal?: AbortSignal | null;
    } = {},
  ) =>
    Promise.resolve(
      app.request(path, { method, headers, body, signal }, factsOf({ headers, peer })),
    );
  const post = (
    { target = "r1", body = offerWith(), headers = {}, peer = "192.0.2.9" } = {},
  ) =>
    call("POST", `/whep/${target}`, {
      headers: { "content-type": "application/sdp", ...headers },
      body,
      peer,
    });
  /** Watches, with the answer of the worker. */
  async function watch() {
    const asked = post();
    await settled();
    const { id, payload: { session_id } } = w1.last("webrtc.init");
    w1.send("webrtc.init.response", { session_id, peer_id: "peer-1", sdp: ANSWER }, id);
    const made = await asked;
    const location = made.headers.get("location") ?? "";
    const etag = made.headers.get("etag") ?? "";
    const patch = (change: Record<string, string> = {}, { ice = ICE, body = "" } = {}) =>
      call("PATCH", location, {
        headers: { "content-type": FRAGMENT_TYPE, "if-match": etag, ...change },
        body: body || writeFragment(
          { ice, candidates: [CANDIDATE], isComplete: true },
          { kind: "audio", mid: "0" },
        ),
      });
    return { made, session_id, location, etag, patch };
  }
  return { ...coordinator, w1, call, post, watch };
}

async function settled(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

Deno.test("[WHP1] an offer becomes a session at the room's worker, which answers it", async () => {
  const { watch, w1, services } = scene({
    ice: {
      stun: ["stun:stun.example.org"],
      turnUrls: ["turn:turn.example.org"],
      turnSecret: "secret",
    },
  });
  const { made, location, etag, session_id } = await watch();
  equal(made.status, 201);
  equal(await made.text(), ANSWER);
  const header = (name: string) => made.headers.get(name) ?? "";
  equal(header("content-type"), "application/sdp");
  equal(header("accept-patch"), FRAGMENT_TYPE);
  match(location, /^\/whep\/session\/[0-9a-f]{32}$/);
  match(etag, /^"[0-9a-f]{16}"$/);
  match(
    header("link"),
    /^<stun:stun\.example\.org>; rel="ice-server", <turn:turn\.example\.org>; /,
  );
  match(header("link"), /username="\d+:ses_\w+"; credential="[^"]+"; credential-type="password"$/);
  const asked = w1.last("webrtc.init").payload;
  deepEqual([asked.room_id, asked.offer], ["r1", offerWith()]);
  equal(services.sessions.find(session_id)?.state.state, "negotiating");
});

Deno.test("[WHP6] candidates reach the worker, and only with the entity tag of their ICE generation", async () => {
  const { watch, w1 } = scene();
  const { patch, etag, session_id } = await watch();
  w1.received();
  equal((await patch()).status, 204);
  deepEqual(w1.last("webrtc.candidate").payload, {
    session_id,
    peer_id: "peer-1",
    candidate: CANDIDATE,
  });
  equal((await patch({ "if-match": `"other", ${etag}` })).status, 204);
  equal((await patch({ "if-match": "*" })).status, 204);
  w1.received();
  equal((await patch({ "if-match": '"other"' })).status, 412);
  const other = { ...ICE, ufrag: "efgh" };
  equal((await patch({}, { ice: other })).status, 412);
  equal((await patch({ "if-match": "*" }, { ice: other })).status, 422);
  equal((await patch({}, { body: "garbage" })).status, 400);
  const typed = await patch({ "content-type": "application/sdp" });
  deepEqual([typed.status, typed.headers.get("accept-patch")], [415, FRAGMENT_TYPE]);
  deepEqual(w1.types(), []);
});

Deno.test("[WHP6] a change without a precondition is refused with 428", async () => {
  const { watch, call } = scene();
  const { location } = await watch();
  const headers = { "content-type": FRAGMENT_TYPE };
  equal((await call("PATCH", location, { headers, body: "a=x" })).status, 428);
});

Deno.test("[WHP7] DELETE ends the session at once; its address is gone", async () => {
  const { watch, call, w1, services } = scene();
  const session = await watch();
  w1.received();
  equal((await call("DELETE", session.location)).status, 200);
  deepEqual(w1.types(), ["session.end"]);
  deepEqual([services.sessions.all().length, services.watching.size], [0, 0]);
  equal((await call("DELETE", session.location)).status, 404);
  equal((await session.patch()).status, 404);
});

Deno.test("[WHP7] the session ends with its media, its room, its right and its worker", async () => {
  const ends: ((each: ReturnType<typeof scene>, session_id: string) => void)[] = [
    ({ w1, clock }, session_id) => {
      w1.send("session.media", { session_id, connected: true });
      clock.advance(3_000);
      w1.send("session.media", { session_id, connected: false });
      clock.advance(1_000);
    },
    ({ w1 }, session_id) =>
      w1.send("room.closed", {
        room_id: "r1",
        reason: "source_ended",
        message: "",
        sessions: [session_id],
      }),
    ({ w1 }, session_id) =>
      w1.send("session.ended", { session_id, reason: "not_connected", message: "" }),
    ({ clock }) => clock.advance(NEGOTIATION_LIMIT + 1_000),
    ({ services }) => services.lobby.players[0]!.turnedAway("Your right has ended"),
  ];
  for (const end of ends) {
    const each = scene();
    const { session_id, location } = await each.watch();
    equal(each.services.watching.size, 1);
    end(each, session_id);
    deepEqual([each.services.watching.size, each.services.sessions.all().length], [0, 0]);
    deepEqual(each.services.lobby.players, []);
    equal((await each.call("DELETE", location)).status, 404);
  }
});

Deno.test("[WHP3] each fault of a request has its status", async () => {
  const { post, call, w1 } = scene();
  const status = async (answer: Promise<Response>) => (await answer).status;
  equal(await status(post({ body: "garbage" })), 400);
  equal(await status(post({ target: "none" })), 404);
  equal(await status(post({ headers: { accept: "text/html" } })), 406);
  equal(await status(post({ body: "v=0\r\n" + "a=x\r\n".repeat(40_000) })), 413);
  equal(await status(post({ body: offerWith((line) => line.replace(/H264|VP8/, "AV1")) })), 422);
  const typed = await post({ headers: { "content-type": "text/plain" } });
  deepEqual([typed.status, typed.headers.get("accept-post")], [415, "application/sdp"]);
  for (const method of ["GET", "PUT", "PATCH"]) {
    const answer = await call(method, "/whep/r1", { body: method === "GET" ? null : "x" });
    deepEqual([answer.status, answer.headers.get("allow")], [405, "OPTIONS, POST"]);
  }
  const options = await call("OPTIONS", "/whep/r1");
  deepEqual([options.status, options.headers.get("accept-post")], [204, "application/sdp"]);
  equal((await call("POST", "/whep/session/none", { body: "x" })).status, 405);
  equal((await call("DELETE", "/whep/session/none")).status, 404);
  deepEqual(w1.types().filter((type) => type === "webrtc.init"), []);
});

Deno.test("[WHP3] what the worker refuses, and what it does not answer, has its status too", async () => {
  const cases = [["webrtc.refused", 422], ["room.unknown", 404], ["room.forbidden", 403]] as const;
  for (const [code, status] of cases) {
    const { post, w1, services } = scene();
    const asked = post();
    await settled();
    const { id, payload: { session_id } } = w1.last("webrtc.init");
    w1.send("webrtc.init.response", { session_id, error: { code, message: "No" } }, id);
    equal((await asked).status, status);
    deepEqual([services.watching.size, services.sessions.all().length], [0, 0]);
  }
  const { post, clock, services } = scene();
  const asked = post();
  await settled();
  clock.advance(JOIN_LIMIT);
  const answer = await asked;
  equal(answer.status, 503);
  ok(Number(answer.headers.get("retry-after")) > 0);
  deepEqual([services.watching.size, services.sessions.all().length], [0, 0]);
});

Deno.test("[WHP3] a full room is refused with 503 and a time to try again", async () => {
  const { post, w1, clock } = scene();
  const asked = post();
  await settled();
  for (let n = 0; n < 20; n++) {
    const { id, payload: { session_id } } = w1.last("webrtc.init");
    const error = { code: "room.no_capacity", message: "Full" };
    w1.send("webrtc.init.response", { session_id, error }, id);
    clock.advance(200);
  }
  const answer = await asked;
  equal(answer.status, 503);
  ok(Number(answer.headers.get("retry-after")) > 0);
});

Deno.test("[WHP4] whose turn in a crowded room does not come gets 503 and a time to try again, at once", async () => {
  const { post, w1, services } = scene();
  const asked = post();
  await settled();
  const { id, payload: { session_id } } = w1.last("webrtc.init");
  const error = { code: "room.crowded", message: "Crowded" };
  w1.send("webrtc.init.response", { session_id, error }, id);
  const answer = await asked;
  equal(answer.status, 503);
  ok(Number(answer.headers.get("retry-after")) > 0);
  match(await answer.text(), /"room\.crowded".*the turn did not come in time/);
  deepEqual([services.watching.size, services.sessions.all().length], [0, 0]);
});

Deno.test("[WHP7] a program that closes its request while it waits leaves no session and no place in the line", async () => {
  const { call, w1, services } = scene();
  const program = new AbortController();
  const asked = call("POST", "/whep/r1", {
    headers: { "content-type": "application/sdp" },
    body: offerWith(),
    signal: program.signal,
  });
  await settled();
  w1.received();
  program.abort();
  await asked;
  deepEqual(w1.types(), ["session.end"]);
  deepEqual([services.watching.size, services.sessions.all().length], [0, 0]);
});

Deno.test("[WHP8] a page of another site is refused; one of a listed origin may read the answer", async () => {
  const { post, call } = scene({
    limits: {
      maxPerAddress: 100,
      perSecond: 100,
      origins: ["https://player.example.org"],
      localOnly: false,
      onDefaultPort: false,
    },
  });
  equal((await post({ headers: { origin: "https://evil.example.org" } })).status, 403);
  const headers = { origin: "https://player.example.org" };
  const preflight = await call("OPTIONS", "/whep/r1", { headers });
  equal(preflight.headers.get("access-control-allow-origin"), headers.origin);
  match(preflight.headers.get("access-control-allow-headers") ?? "", /authorization/);
});

Deno.test("[WHP9] one network makes a limited number of sessions; others are not affected", async () => {
  const { post } = scene();
  const statuses: number[] = [];
  for (let n = 0; n < 30; n++) statuses.push((await post({ target: "none" })).status);
  equal(statuses.at(-1), 429);
  equal((await post({ target: "none", peer: "198.51.100.1" })).status, 404);
});
