import { deepEqual, equal, ok } from "node:assert/strict";
import {
  createFakeCoordinator,
  DUEL,
  negotiate,
  play,
  roomOf,
} from "../../../fakes/coordinator.ts";

function setup() {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { capacity: 4 });
  const ana = coordinator.user();
  return { ...coordinator, w1, ana };
}

/** Ana plays; nothing is left unread. */
function playing() {
  const parts = setup();
  const peer = play(parts.ana, parts.w1, roomOf("w1", "r1"));
  parts.ana.received();
  parts.w1.received();
  return { ...parts, ...peer };
}

Deno.test("[SIG2] offer, answer and candidates go both ways, with the session's id on one side only", () => {
  const { ana, w1 } = setup();
  const { session_id, peer_id } = negotiate(ana, w1);
  deepEqual(ana.last("webrtc.offer").payload, { peer_id, sdp: "v=0 offer" });
  const answer = ana.send("webrtc.answer", { peer_id, sdp: "v=0 answer" });
  ana.send("webrtc.candidate", { peer_id, candidate: "candidate:1", sdp_mid: "0" });
  ana.send("webrtc.candidate", { peer_id, candidate: "" });
  w1.send("webrtc.candidate", { session_id, peer_id, candidate: "candidate:2" });
  const reported = w1.received().slice(2);
  deepEqual(
    reported.map(({ type, payload }) => [type, payload]),
    [
      ["webrtc.init", { session_id, app_id: "duel", ice_servers: [] }],
      ["webrtc.answer", { session_id, peer_id, sdp: "v=0 answer" }],
      ["webrtc.candidate", { session_id, peer_id, candidate: "candidate:1", sdp_mid: "0" }],
      ["webrtc.candidate", { session_id, peer_id, candidate: "" }],
    ].slice(1),
  );
  equal(w1.last("webrtc.answer").id, answer);
  deepEqual(ana.last("webrtc.candidate").payload, { peer_id, candidate: "candidate:2" });
});

Deno.test("[SIG10] a restart reaches the worker with ICE servers, and its offer the player", () => {
  const { ana, w1, session_id, peer_id } = playing();
  const id = ana.send("webrtc.restart", { peer_id });
  const [asked] = w1.received();
  deepEqual(
    [asked?.id, asked?.type, asked?.payload],
    [id, "webrtc.restart", { session_id, peer_id, ice_servers: [] }],
  );
  const offer = { peer_id, sdp: "v=0 restart", ice_servers: [{ urls: ["turn:t"] }] };
  w1.send("webrtc.restart.response", { session_id, ...offer }, id);
  const [reported] = ana.received();
  deepEqual([reported?.id, reported?.payload], [id, offer]);
});

const verbs: readonly [string, object, object][] = [
  ["app.quit", {}, {}],
];
for (const [verb, payload, answer] of verbs) {
  Deno.test(`[ENV2] ${verb} ${JSON.stringify(payload)} is passed on and answered under one id`, () => {
    const { ana, w1, session_id } = playing();
    const id = ana.send(verb, payload);
    const [asked] = w1.received();
    deepEqual([asked?.id, asked?.type, asked?.payload], [id, verb, { ...payload, session_id }]);
    w1.send(`${verb}.response`, { ...answer, session_id }, id);
    const [reported] = ana.received();
    deepEqual([reported?.id, reported?.type, reported?.payload], [id, `${verb}.response`, answer]);
  });
}

Deno.test("[ENV5] a worker's refusal reaches the player as it is", () => {
  const { ana, w1, session_id } = playing();
  const id = ana.send("app.start", { app_id: "duel" });
  const error = { code: "app.failed", message: "The core says no" };
  w1.send("app.start.response", { session_id, error }, id);
  deepEqual(ana.last("app.start.response").payload, { error });
});

const outOfOrder: readonly [string, string, object, string, string][] = [
  [
    "an answer before a place",
    "webrtc.answer",
    { peer_id: "p", sdp: "v=0" },
    "session.no_place",
    "Cannot carry out webrtc.answer: ask for a place first (webrtc.init)",
  ],
  [
    "a start before a place",
    "app.start",
    { app_id: "duel" },
    "session.no_place",
    "Cannot carry out app.start: ask for a place first (webrtc.init)",
  ],
  [
    "to leave before a place",
    "app.quit",
    {},
    "session.no_place",
    "Cannot carry out app.quit: ask for a place first (webrtc.init)",
  ],
];
for (const [what, type, payload, code, message] of outOfOrder) {
  Deno.test(`[SES7] ${what} is refused with a sentence and reaches no worker`, () => {
    const { ana, w1 } = setup();
    w1.received();
    const id = ana.send(type, payload);
    const found = ana.received().at(-1);
    deepEqual([found?.id, found?.type, found?.payload], [
      id,
      `${type}.response`,
      { error: { code, message } },
    ]);
    deepEqual(w1.received(), []);
  });
}

const strangers: readonly [string, string, object][] = [
  ["an answer to an offer that was not made", "webrtc.answer", { peer_id: "x", sdp: "v=0" }],
  ["a candidate for another peer", "webrtc.candidate", { peer_id: "x", candidate: "c" }],
  ["a restart of another peer", "webrtc.restart", { peer_id: "x" }],
];
for (const [what, type, payload] of strangers) {
  Deno.test(`[SIG6] ${what} is refused and changes nothing`, () => {
    const { ana, w1 } = playing();
    ana.send(type, payload);
    const [reported] = ana.received();
    deepEqual(reported?.payload, {
      error: {
        code: "peer.unknown",
        message: `Cannot take ${type}: this session was offered no peer connection "x"`,
      },
    });
    deepEqual(w1.received(), []);
  });
}

Deno.test("[SES10] a candidate for another session's peer is refused", () => {
  const { ana, w1, user, peer_id } = playing();
  const ben = user();
  negotiate(ben, w1);
  w1.received();
  ben.send("webrtc.candidate", { peer_id, candidate: "c" });
  equal(ben.last("webrtc.candidate.response").payload.error.code, "peer.unknown");
  deepEqual(w1.received(), []);
  deepEqual(ana.received(), []);
});

Deno.test("[SES10] a session id in a player's message is ignored", () => {
  const { w1, user, session_id } = playing();
  const ben = user();
  const own = negotiate(ben, w1).session_id;
  ben.send("app.quit", { session_id });
  equal(w1.last("app.quit").payload.session_id, own);
});

for (
  const [what, app_id, error] of [
    [
      "an app the worker does not have",
      "golf",
      {
        code: "app.unknown",
        message: 'Cannot play "golf": this worker has no such app',
        detail: { app_id: "golf" },
      },
    ],
    [
      "an app that cannot be played",
      "broken",
      { code: "app.unavailable", message: "No core", detail: { cause: "No core" } },
    ],
  ] as const
) {
  Deno.test(`[ROM3] starting ${what} is refused by name`, () => {
    const { ana, w1 } = playing();
    w1.send("library.changed", {
      apps: [DUEL, { ...DUEL, app_id: "broken", unavailable: "No core" }],
    });
    ana.send("app.start", { app_id });
    deepEqual(ana.last("app.start.response").payload, { error });
    deepEqual(w1.received(), []);
  });
}

Deno.test("[WRK4] a request while the worker is not connected is refused, and the session goes on", () => {
  const { ana, w1 } = playing();
  w1.drop();
  ana.send("app.quit", {});
  deepEqual(ana.last("app.quit.response").payload, {
    error: {
      code: "worker.unseen",
      message: "Cannot carry out app.quit: the worker of this session is not connected",
    },
  });
});

Deno.test("[SES7] every request is refused before the session begins", () => {
  const { user } = createFakeCoordinator();
  const ana = user();
  ana.send("webrtc.init", {});
  deepEqual(ana.last("webrtc.init.response").payload, {
    error: {
      code: "session.none",
      message: "Cannot carry out webrtc.init: there is no session. Wait for session.ready",
    },
  });
});

Deno.test("[SES1] a session that ended takes no more messages", () => {
  const { ana, w1, session_id } = playing();
  w1.send("session.ended", { session_id, reason: "failed", message: "the core says no" });
  deepEqual(ana.last("session.ended").payload, { reason: "failed", cause: "the core says no" });
  ana.send("app.quit", {});
  deepEqual(ana.last("app.quit.response").payload, {
    error: {
      code: "session.none",
      message: "Cannot carry out app.quit: there is no session. Wait for session.ready",
    },
  });
});

Deno.test("[SES10] a worker's message about a session that it does not serve reaches no player", () => {
  const { ana, worker, session_id } = playing();
  const w2 = worker("w2");
  w2.send("webrtc.offer", { session_id, peer_id: "p", sdp: "v=0" });
  w2.send("session.media", { session_id, connected: false });
  w2.send("session.ended", { session_id, reason: "quit", message: "" });
  deepEqual(ana.received(), []);
  ok(w2.types().includes("session.end"));
});

Deno.test("[SES1] the list of workers shows their free places", () => {
  const { ana, worker } = setup();
  worker("w2", { capacity: 3, ping_url: "http://w2.test/ping" });
  ana.send("workers.list", {});
  deepEqual(ana.last("workers.list.response").payload, {
    workers: [
      { worker_id: "w1", zone: "frankfurt", name: "Machine w1", free_places: 4, places: 4 },
      {
        worker_id: "w2",
        zone: "frankfurt",
        name: "Machine w2",
        free_places: 3,
        places: 3,
        ping_url: "http://w2.test/ping",
      },
    ],
  });
});
