import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { MEASURE_LIMIT } from "../../../../coordinator/play/arrival.ts";
import { PLACE_WAIT } from "../../../../coordinator/play/places/waiting_line.ts";
import {
  createFakeCoordinator,
  DUEL,
  negotiate,
  play,
  roomOf,
} from "../../../fakes/coordinator.ts";

const pings = (worker: string) => ({ ping_url: `http://${worker}.test/ping` });

Deno.test("[SES1] a player with one suitable worker gets a session at once, and takes no place", () => {
  const { user, worker, services } = createFakeCoordinator();
  worker("w1");
  const ana = user();
  const { payload } = ana.last("session.ready");
  equal(payload.worker.worker_id, "w1");
  deepEqual(payload.apps, [DUEL]);
  equal(payload.room, null);
  equal(payload.resumed, false);
  equal(services.workers.choices()[0]?.free_places, 1);
});

Deno.test("[SES4] with several workers the browser measures, and the nearest is promised", () => {
  const { user, worker } = createFakeCoordinator();
  worker("far", pings("far"));
  worker("near", pings("near"));
  const ana = user();
  deepEqual(
    ana.last("latency.check").payload.workers.map(({ worker_id }) => worker_id).sort(),
    ["far", "near"],
  );
  ana.send("latency.check.response", {
    results: [
      { worker_id: "far", samples_ms: [200, 80, 90] },
      { worker_id: "near", samples_ms: [500, 12, 14] },
    ],
  });
  const { payload } = ana.last("session.ready");
  equal(payload.worker.worker_id, "near");
  equal(payload.rtt_ms, 13);
});

Deno.test("[SES4] a browser that sends no measurements is promised a worker", () => {
  const { user, worker, clock } = createFakeCoordinator();
  worker("w1", pings("w1"));
  worker("w2", pings("w2"));
  const ana = user();
  clock.advance(MEASURE_LIMIT - 1);
  deepEqual(ana.types(), ["latency.check"]);
  clock.advance(1);
  deepEqual(ana.types(), ["session.ready"]);
});

Deno.test("[SES4] measurements that were not requested change nothing", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1");
  const ana = user();
  const before = ana.wire.sent.length;
  ana.send("latency.check.response", { results: [{ worker_id: "w9", samples_ms: [1] }] });
  equal(ana.wire.sent.length, before);
});

Deno.test("[SES4] workers without a ping address are not measured", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1");
  worker("w2");
  deepEqual(user().types(), ["session.ready"]);
});

Deno.test("[SES5] a worker named in the wish is promised", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1", pings("w1"));
  worker("w2", pings("w2"));
  equal(user({ worker_id: "w2" }).last("session.ready").payload.worker.worker_id, "w2");
});

Deno.test("[SES5] a zone in the wish excludes the workers of other zones", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1", pings("w1"));
  worker("w2", { zone: "oslo" as never, ...pings("w2") });
  equal(user({ zone: "oslo" }).last("session.ready").payload.worker.worker_id, "w2");
});

Deno.test("[SES5] a room in the link decides the worker, and session.ready contains it", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1", pings("w1"));
  worker("w2", { ...pings("w2"), rooms: [roomOf("w2", "r1")] });
  const { payload } = user({ room_id: "r1" }).last("session.ready");
  equal(payload.worker.worker_id, "w2");
  equal(payload.room?.room_id, "r1");
});

Deno.test("[SES8] without a worker the player gets session.no_capacity, and a session when one connects", () => {
  const { user, worker, clock } = createFakeCoordinator();
  const ana = user({ zone: "frankfurt" });
  clock.advance(PLACE_WAIT);
  const { payload } = ana.last("session.no_capacity");
  deepEqual(payload, { zone: "frankfurt", workers: 0, waited_ms: 3000 });
  worker("w1");
  equal(ana.last("session.ready").payload.worker.worker_id, "w1");
});

Deno.test("[SES8] session.no_capacity names the worker in the wish that is not connected", () => {
  const { user, worker, clock } = createFakeCoordinator();
  worker("w1");
  const ana = user({ worker_id: "w7" });
  clock.advance(PLACE_WAIT);
  const { worker_id, workers } = ana.last("session.no_capacity").payload;
  deepEqual({ worker_id, workers }, { worker_id: "w7", workers: 0 });
});

Deno.test("[SES2] a player whose socket dropped resumes the same session and room", () => {
  const { user, worker } = createFakeCoordinator();
  const w1 = worker("w1");
  const ana = user();
  play(ana, w1, roomOf("w1", "r1"));
  const { session_id, resume_token } = ana.last("session.ready").payload;
  ana.drop();
  const again = user({ resume: resume_token });
  const { payload } = again.last("session.ready");
  equal(payload.session_id, session_id);
  equal(payload.resumed, true);
  equal(payload.room?.room_id, "r1");
  ok(!w1.types().includes("session.end"));
});

Deno.test("[SES16] a socket whose resume token names an ended session gets its end first, then a new session", () => {
  const { user, worker } = createFakeCoordinator();
  const w1 = worker("w1");
  const ana = user();
  const { session_id } = play(ana, w1, roomOf("w1", "r1"));
  const { resume_token } = ana.last("session.ready").payload;
  w1.send("session.ended", { session_id, reason: "kicked", message: "A host sent the person out" });
  ana.drop();
  const again = user({ resume: resume_token });
  deepEqual(again.types().slice(0, 2), ["session.ended", "session.ready"]);
  equal(again.last("session.ended").payload.reason, "kicked");
  const { payload } = again.last("session.ready");
  notEqual(payload.session_id, session_id);
  deepEqual([payload.resumed, payload.room], [false, null]);
});

Deno.test("[SES11] the newer of two windows has the session", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1");
  const ana = user();
  const { resume_token, session_id } = ana.last("session.ready").payload;
  const second = user({ resume: resume_token });
  equal(ana.wire.closeCode(), 4409);
  equal(second.last("session.ready").payload.session_id, session_id);
  ana.drop();
  second.send("workers.list", {});
  equal(second.types().at(-1), "workers.list.response");
});

for (
  const [what, forge] of [
    ["of somebody else's making", (token: string) => token.slice(0, -2) + "xx"],
    ["for another session", (token: string) => "ses_other" + token.slice(token.indexOf("."))],
    ["that is no token", () => "nonsense"],
  ] as const
) {
  Deno.test(`[SES2] a resume token ${what} begins a new session`, () => {
    const { user, worker } = createFakeCoordinator();
    worker("w1");
    const { session_id, resume_token } = user().last("session.ready").payload;
    const { payload } = user({ resume: forge(resume_token) }).last("session.ready");
    notEqual(payload.session_id, session_id);
    equal(payload.resumed, false);
  });
}

Deno.test("[WRK2] after a restart a resume token is valid once the worker reports the session", () => {
  const before = createFakeCoordinator();
  const ana = before.user();
  const w1 = before.worker("w1");
  const { session_id } = play(ana, w1, roomOf("w1", "r1"));
  const { resume_token } = ana.last("session.ready").payload;

  const { user, worker } = createFakeCoordinator();
  const again = user({ resume: resume_token });
  deepEqual(again.types(), []);
  const room = roomOf("w1", "r1");
  worker("w1", { rooms: [room], sessions: [{ session_id, room_id: room.room_id }] });
  const { payload } = again.last("session.ready");
  equal(payload.session_id, session_id);
  equal(payload.resumed, true);
  equal(payload.room?.room_id, "r1");
});

Deno.test("[WRK2] a player who reconnects before its worker gets its room when the worker reconnects", () => {
  const before = createFakeCoordinator();
  const ana = before.user();
  const w1 = before.worker("w1");
  const { session_id } = play(ana, w1, roomOf("w1", "r1"));
  const { resume_token } = ana.last("session.ready").payload;

  const { user, worker } = createFakeCoordinator();
  const other = worker("w2");
  const again = user({ resume: resume_token });
  equal(again.last("session.ready").payload.session_id, session_id);
  equal(again.last("session.ready").payload.resumed, false);
  const room = roomOf("w1", "r1");
  const back = worker("w1", { rooms: [room], sessions: [{ session_id, room_id: room.room_id }] });
  const { payload } = again.last("session.ready");
  deepEqual([payload.worker.worker_id, payload.resumed], ["w1", true]);
  ok(!back.types().includes("session.end"));
  ok(!other.types().includes("session.end"));
});

Deno.test("[SES1] a changed library is sent once to each player that it concerns", () => {
  const { user, worker, clock } = createFakeCoordinator();
  const w1 = worker("w1");
  worker("w2", { zone: "oslo" as never, apps: [] });
  const ana = user({ zone: "frankfurt" });
  const ben = user({ zone: "oslo" });
  clock.advance(1_000);
  ana.received();
  ben.received();
  w1.send("library.changed", { apps: [DUEL, { ...DUEL, app_id: "chess", title: "Chess" }] });
  w1.send("library.changed", { apps: [DUEL, { ...DUEL, app_id: "golf", title: "Golf" }] });
  clock.advance(1_000);
  const reported = ana.received();
  deepEqual(reported.map(({ type }) => type), ["library.changed"]);
  match(JSON.stringify(reported[0]), /Golf/);
  deepEqual(ben.types(), []);
});

Deno.test("[ICE3] expired ICE credentials are renewed before a request for a place is carried out", () => {
  const { user, worker, clock } = createFakeCoordinator({
    ice: { stun: [], turnUrls: ["turn:t.test"], turnSecret: "secret" },
  });
  const w1 = worker("w1");
  const ana = user();
  const first = ana.last("session.ready").payload.ice_servers[0]?.username;
  w1.send("worker.status", { cpu_percent: 1, memory_mb: 1, free_places: 1 });
  clock.advance(250_000);
  ana.send("webrtc.init", { app_id: "duel" });
  ok(!w1.types().includes("webrtc.init"));
  const { payload } = ana.last("session.ready");
  equal(payload.resumed, true);
  notEqual(payload.ice_servers[0]?.username, first);
  negotiate(ana, w1);
  ok(ana.types().includes("webrtc.offer"));
});
