import { deepEqual, equal, ok } from "node:assert/strict";
import {
  HIDDEN_GRACE,
  HIDDEN_NOTICE,
  KEEP_LIMIT,
  LINGER,
  LINGER_GONE,
  LINGER_WITH_MEDIA,
  NEGOTIATION_LIMIT,
  RELOAD_LIMIT,
} from "../../../../coordinator/domain/session.ts";
import { UNSEEN_GRACE } from "../../../../coordinator/domain/room.ts";
import {
  createFakeCoordinator,
  DUEL,
  negotiate,
  play,
  roomOf,
} from "../../../fakes/coordinator.ts";

function setup() {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { capacity: 2 });
  const ana = coordinator.user();
  const peer = play(ana, w1, roomOf("w1", "r1"));
  ana.received();
  w1.received();
  return { ...coordinator, w1, ana, ...peer };
}

Deno.test("[SES2] while media flows, a session outlives a long time without a socket", () => {
  const { clock, ana, w1, services, session_id } = setup();
  ana.drop();
  clock.advance(LINGER_WITH_MEDIA + 1_000);
  equal(services.sessions.find(session_id)?.state.state, "lingering");
  deepEqual(w1.received(), []);
});

Deno.test("[SES14] a player's device that sleeps for 40 s, or half an hour, returns to its room", () => {
  const { clock, ana, w1, user, session_id } = setup();
  const token = ana.last("session.ready").payload.resume_token;
  ana.drop();
  w1.send("session.media", { session_id, connected: false });
  clock.advance(KEEP_LIMIT / 2);
  const { payload } = user({ resume: token }).last("session.ready");
  equal(payload.resumed, true);
  equal(payload.room?.room_id, "r1");
});

Deno.test("[SES14] a frozen page whose socket stays open keeps its room, too", () => {
  const { clock, ana, w1, services, session_id } = setup();
  w1.send("session.media", { session_id, connected: false });
  clock.advance(40_000);
  ok(!ana.types().includes("session.ended"));
  w1.send("session.media", { session_id, connected: true });
  equal(services.sessions.find(session_id)?.state.state, "playing");
});

Deno.test("[SES14] after an hour the room of an absent player ends", () => {
  const { clock, ana, w1, session_id } = setup();
  ana.drop();
  w1.send("session.media", { session_id, connected: false });
  clock.advance(KEEP_LIMIT);
  deepEqual(w1.last("session.end").payload, { session_id, reason: "left" });
});

Deno.test("[SES14] a waiting player gets the place of an absent one, who is sent the reason", () => {
  const { clock, ana, w1, user, session_id } = setup();
  const cleo = user();
  play(cleo, w1, roomOf("w1", "r2"));
  const token = ana.last("session.ready").payload.resume_token;
  ana.drop();
  w1.send("session.media", { session_id, connected: false });
  clock.advance(LINGER_GONE - 2_000);
  const ben = user();
  ben.send("webrtc.init", { app_id: DUEL.app_id });
  clock.advance(1_000);
  ok(!w1.types().includes("session.end"));
  clock.advance(1_000);
  deepEqual(w1.last("session.end").payload, { session_id, reason: "place_needed" });
  ok(!cleo.types().includes("session.ended"));
  w1.send("room.closed", { room_id: "r1", reason: "place_needed", message: "", sessions: [] });
  equal(w1.last("webrtc.init").payload.app_id, DUEL.app_id);
  const back = user({ resume: token });
  deepEqual(back.last("session.ended").payload, { reason: "place_needed" });
  equal(back.last("session.ready").payload.resumed, false);
});

Deno.test("[SES18] a hidden page is warned while somebody waits, and loses its place unless it is looked at", () => {
  const { clock, ana, w1, user, session_id } = setup();
  const cleo = user();
  const other = play(cleo, w1, roomOf("w1", "r2")).session_id;
  cleo.send("page.hidden", { hidden: true });
  clock.advance(10_000);
  ana.send("page.hidden", { hidden: true });
  const ben = user();
  ben.send("webrtc.init", { app_id: DUEL.app_id });
  clock.advance(HIDDEN_GRACE - 10_000);
  const warned = cleo.last("session.place_wanted").payload;
  equal(warned.ends_at, clock.epoch() + HIDDEN_NOTICE);
  ok(!ana.types().includes("session.place_wanted"));
  cleo.send("page.hidden", { hidden: false });
  clock.advance(20_000);
  equal(ana.last("session.place_wanted").payload.ends_at, clock.epoch() + HIDDEN_NOTICE - 10_000);
  w1.received();
  clock.advance(HIDDEN_NOTICE - 10_000);
  deepEqual(w1.last("session.end").payload, { session_id, reason: "place_needed" });
  equal(ana.last("session.ended").payload.reason, "place_needed");
  ok(!cleo.types().includes("session.ended"));
  equal(other === session_id, false);
});

Deno.test("[SES18] a room with somebody who sees it is not warned", () => {
  const { clock, ana, w1, user } = setup();
  const cleo = user({ room_id: "r1" });
  const { session_id } = negotiate(cleo, w1, { room_id: "r1" });
  w1.send("session.media", { session_id, connected: true });
  ana.send("page.hidden", { hidden: true });
  const rest = user();
  play(rest, w1, roomOf("w1", "r2"));
  user().send("webrtc.init", { app_id: DUEL.app_id });
  clock.advance(2 * HIDDEN_GRACE);
  ok(!ana.types().includes("session.place_wanted"));
});

Deno.test("[SES15] a closed tab gives its place back at once, a reload keeps it", () => {
  const { clock, ana, w1, user, session_id } = setup();
  const token = ana.last("session.ready").payload.resume_token;
  ana.send("page.closing", {});
  ana.drop();
  clock.advance(RELOAD_LIMIT - 1_000);
  const again = user({ resume: token });
  equal(again.last("session.ready").payload.resumed, true);
  clock.advance(LINGER);
  deepEqual(w1.received(), []);
  again.send("page.closing", {});
  again.drop();
  clock.advance(RELOAD_LIMIT);
  deepEqual(w1.last("session.end").payload, { session_id, reason: "left" });
});

Deno.test("[SES3] a place without a media connection is freed after 35 s", () => {
  const { clock, user, w1 } = setup();
  const ben = user();
  const { session_id } = negotiate(ben, w1, { app_id: DUEL.app_id });
  clock.advance(NEGOTIATION_LIMIT);
  deepEqual(ben.last("session.ended").payload, { reason: "not_connected" });
  deepEqual(w1.last("session.end").payload, { session_id, reason: "not_connected" });
});

Deno.test("[SES3] a page that asks anew keeps its place for one more try", () => {
  const { clock, user, w1, services } = setup();
  const ben = user({ room_id: "r1" });
  const { session_id } = negotiate(ben, w1);
  clock.advance(NEGOTIATION_LIMIT - 4_000);
  ben.send("webrtc.init", {});
  clock.advance(NEGOTIATION_LIMIT - 4_000);
  equal(services.sessions.find(session_id)?.state.state, "negotiating");
  ben.send("webrtc.init", {});
  clock.advance(9_000);
  deepEqual(ben.last("session.ended").payload, { reason: "not_connected" });
});

Deno.test("[SES6] lost media keeps the session while it may come back", () => {
  const { clock, w1, services, session_id } = setup();
  w1.send("session.media", { session_id, connected: false });
  clock.advance(NEGOTIATION_LIMIT - 1_000);
  w1.send("session.media", { session_id, connected: true });
  clock.advance(NEGOTIATION_LIMIT);
  equal(services.sessions.find(session_id)?.state.state, "playing");
});

Deno.test("[SES9] when a room closes, every player in it is sent the reason", () => {
  const { user, ana, w1, session_id } = setup();
  const ben = user({ room_id: "r1" });
  const other = negotiate(ben, w1).session_id;
  const message = "The game stopped unexpectedly";
  w1.send("room.closed", {
    room_id: "r1",
    reason: "crashed",
    message,
    sessions: [session_id, other],
  });
  for (const player of [ana, ben]) {
    deepEqual(player.last("session.ended").payload, { reason: "crashed", cause: message });
  }
  ok(!w1.types().includes("session.end"));
});

Deno.test("[ROM1] a changed room is sent to every player in it and to no other", () => {
  const { user, ana, w1 } = setup();
  const [ben, cleo] = [user({ room_id: "r1" }), user()];
  negotiate(ben, w1);
  for (const player of [ana, ben, cleo]) player.received();
  w1.send("room.changed", { room: roomOf("w1", "r1", { paused: true }) });
  equal(ana.last("room.changed").payload.room.paused, true);
  equal(ben.last("room.changed").payload.room.paused, true);
  deepEqual(cleo.received(), []);
});

Deno.test("[WRK4] a worker that reconnects in time keeps its sessions", () => {
  const { clock, ana, w1, worker, services, session_id } = setup();
  w1.drop();
  clock.advance(UNSEEN_GRACE - 1_000);
  const room = roomOf("w1", "r1");
  const back = worker("w1", { rooms: [room], sessions: [{ session_id, room_id: room.room_id }] });
  clock.advance(UNSEEN_GRACE);
  deepEqual(ana.types(), []);
  deepEqual(back.types(), ["worker.hello.response", "session.pass"]);
  equal(services.sessions.find(session_id)?.state.state, "playing");
});

Deno.test("[WRK4] a worker that stays away ends its sessions as worker_lost", () => {
  const { clock, ana, w1, services } = setup();
  w1.drop();
  clock.advance(UNSEEN_GRACE);
  equal(ana.last("room.changed").payload.room.state, "closed");
  deepEqual(ana.last("session.ended").payload, { reason: "worker_lost" });
  deepEqual(services.workers.views(), []);
});

Deno.test("[WRK2] when a worker restarts, the sessions that it no longer serves end at once", () => {
  const { ana, w1, worker, user } = setup();
  w1.drop();
  worker("w1");
  equal(ana.last("session.ended").payload.reason, "worker_lost");
  equal(user().last("session.ready").payload.worker.free_places, 1);
});

Deno.test("[WRK2] a session that ended while its worker was away is ended there too", () => {
  const { clock, ana, w1, worker, session_id } = setup();
  w1.send("session.media", { session_id, connected: false });
  w1.drop();
  clock.advance(1_000);
  ana.send("page.closing", {});
  ana.drop();
  clock.advance(RELOAD_LIMIT - 2_000);
  const room = roomOf("w1", "r1");
  const sessions = [{ session_id, room_id: room.room_id }];
  const back = worker("w1", { rooms: [room], sessions });
  clock.advance(2_000);
  equal(back.last("session.end").payload.reason, "left");
  back.drop();
  const again = worker("w1", { rooms: [room], sessions });
  deepEqual(again.last("session.end").payload, { session_id, reason: "left" });
});

Deno.test("[WRK2] unknown sessions that a worker reports wait for their players, then end", () => {
  const { clock, worker, services } = createFakeCoordinator();
  const room = roomOf("w1", "r1");
  const w1 = worker("w1", {
    rooms: [room],
    sessions: [{ session_id: "ses_a" as never, room_id: room.room_id }],
  });
  equal(services.workers.choices()[0]?.free_places, 0);
  clock.advance(KEEP_LIMIT);
  deepEqual(w1.last("session.end").payload, { session_id: "ses_a", reason: "left" });
});

Deno.test("[CLS1] the newer of two connections of one worker is the worker", () => {
  const { ana, w1, worker, lines, session_id } = setup();
  const room = roomOf("w1", "r1");
  const newer = worker("w1", { rooms: [room], sessions: [{ session_id, room_id: room.room_id }] });
  deepEqual(w1.wire.closed, {
    code: 4409,
    reason: "Closed: a newer connection of worker w1 took over",
  });
  w1.drop();
  ana.send("app.quit", {});
  equal(newer.types().at(-1), "app.quit");
  ok(!lines.some((line) => line.includes("worker unseen")));
});

Deno.test("[ROM17] a worker in draining gets no new rooms and keeps its old ones", () => {
  const { user, ana, w1, services } = setup();
  ok(services.workers.drain("w1" as never, 60_000));
  equal(w1.last("worker.drain").payload.deadline_ms, 60_000);
  const ben = user({ room_id: "r1" });
  negotiate(ben, w1);
  equal(ben.types().at(-1), "webrtc.offer");
  deepEqual(ana.received(), []);
  deepEqual(services.workers.candidates(), []);
  equal(services.workers.views()[0]?.state, "draining");
});

Deno.test("[ROM34] a worker returned to service gets new rooms again", () => {
  const { w1, services } = setup();
  ok(services.workers.drain("w1" as never, 60_000));
  ok(services.workers.undrain("w1" as never));
  equal(w1.types().at(-1), "worker.undrain");
  equal(services.workers.candidates().length, 1);
  equal(services.workers.views()[0]?.state, "online");
});

Deno.test("[ROM34] a worker that drains when it connects is shown as draining, with the time of the deadline", () => {
  const { worker, services } = setup();
  worker("w1", { drains_until: 5_000 });
  const { state, drainsUntil } = services.workers.views()[0]!;
  equal(state, "draining");
  equal(drainsUntil, 5_000);
  equal(services.workers.choices()[0]?.free_places, 0);
  deepEqual(services.workers.candidates(), []);
});

Deno.test("[SES9] every end of a session has its reason", () => {
  const { clock, services, ana, session_id } = setup();
  ana.drop();
  clock.advance(KEEP_LIMIT);
  equal(services.sessions.endOf(session_id), "left");
});
