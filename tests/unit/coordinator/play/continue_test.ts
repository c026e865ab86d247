import { deepEqual, equal, ok } from "node:assert/strict";
import { type Pass, passOf } from "../../../../coordinator/domain/pass.ts";
import { TAB_CLOSES } from "../../../../coordinator/play/negotiation.ts";
import { PLACE_WAIT } from "../../../../coordinator/play/places/waiting_line.ts";
import { refuse } from "../../../../protocol/envelope.ts";
import type { Room } from "../../../../protocol/legs/room.ts";
import { createFakeCoordinator, DUEL, play, roomOf } from "../../../fakes/coordinator.ts";

const app_id = DUEL.app_id;
const continued = { app_id, continue_from: "r1" };
const ofBrowser = (browser: string): Pass => passOf({ policy: "anyone", browser });

/** A worker with one place, in which Ana plays in room r1. */
function setup() {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1");
  const ana = coordinator.user({}, ofBrowser("brw_ana"));
  const room = roomOf("w1", "r1");
  const peer = play(ana, w1, room);
  const owner = { holder: "brw_ana" };
  w1.send("room.opened", { room, owner });
  const { session_id } = peer;
  /** Ana's session has ended, and the worker keeps the room. */
  const keepRoom = (change: Partial<Room> = {}) => {
    w1.send("session.ended", { session_id, reason: "quit", message: "Left" });
    w1.send("room.changed", { room: { ...room, state: "kept", closes_at: 30_000, ...change } });
  };
  const free = () => coordinator.services.workers.choices()[0]!.free_places;
  return { ...coordinator, w1, ana, room, session_id, keepRoom, free };
}

Deno.test("[ROM36] a kept room holds no place, until a session has entered it", () => {
  const { w1, room, keepRoom, free } = setup();
  equal(free(), 0);
  keepRoom();
  equal(free(), 1);
  w1.send("room.changed", { room });
  equal(free(), 0);
});

Deno.test("[ROM36] a player who waits gets the place of a room that becomes a kept one", () => {
  const { user, w1, keepRoom } = setup();
  const ben = user({}, ofBrowser("brw_ben"));
  w1.received();
  ben.send("webrtc.init", { app_id });
  deepEqual(w1.types(), []);
  keepRoom();
  const { session_id, room_id } = w1.last("webrtc.init").payload;
  deepEqual([session_id, room_id], [ben.last("session.ready").payload.session_id, undefined]);
});

Deno.test("[ROM36] the kept rooms of a worker that reconnects hold no place", () => {
  const { worker, services } = createFakeCoordinator();
  worker("w1", { rooms: [roomOf("w1", "r1", { state: "kept" })] });
  equal(services.workers.choices()[0]?.free_places, 1);
});

Deno.test("[SES5] a newcomer goes to a worker with an unused place, and no kept room gives way", () => {
  const { user, worker, w1, keepRoom } = setup();
  keepRoom();
  w1.send("saves.changed", { apps: [app_id] });
  const w2 = worker("w2");
  w1.received();
  w2.received();
  const ben = user({}, ofBrowser("brw_ben"));
  equal(ben.last("session.ready").payload.worker.worker_id, "w2");
  ben.send("webrtc.init", { app_id });
  deepEqual([w1.types(), w2.types()], [[], ["webrtc.init"]]);
});

Deno.test("[SES5] a player who continues goes to the worker that holds the save", () => {
  const { user, worker, w1, keepRoom } = setup();
  keepRoom();
  w1.send("saves.changed", { apps: [app_id] });
  w1.send("room.closed", { room_id: "r1", reason: "left", message: "Left", sessions: [] });
  w1.send("room.opened", {
    room: roomOf("w1", "r2", { state: "kept" }),
    owner: { holder: "brw_eve" },
  });
  worker("w2");
  const back = user({}, ofBrowser("brw_ana"));
  back.send("webrtc.init", continued);
  equal(back.last("session.moved").payload.worker.worker_id, "w1");
});

Deno.test("[SES17] a player who continues enters the kept room", () => {
  const { user, w1, keepRoom } = setup();
  keepRoom();
  const back = user({}, ofBrowser("brw_ana"));
  back.send("webrtc.init", continued);
  equal(w1.last("webrtc.init").payload.room_id, "r1");
  ok(!("continue_from" in w1.last("webrtc.init").payload));
});

Deno.test("[SES17] a room that is closed, or is another player's, is continued in a new room", () => {
  for (const [browser, isClosed] of [["brw_ana", true], ["brw_eve", false]] as const) {
    const { user, w1, keepRoom } = setup();
    keepRoom();
    const end = { room_id: "r1", reason: "left", message: "Nobody came back", sessions: [] };
    if (isClosed) w1.send("room.closed", end);
    const back = user({}, ofBrowser(browser));
    back.send("webrtc.init", continued);
    equal(w1.last("webrtc.init").payload.room_id, undefined);
  }
});

Deno.test("[SES17] a kept room that ends while a player enters it is continued in a new room", () => {
  const { clock, user, w1, keepRoom } = setup();
  keepRoom();
  const back = user({}, ofBrowser("brw_ana"));
  const init = back.send("webrtc.init", continued);
  const start = back.send("app.start", continued);
  const { session_id } = w1.last("webrtc.init").payload;
  back.received();
  w1.received();
  const gone = refuse("room.unknown", "This room is not open any more");
  w1.send("webrtc.init.response", { session_id, ...gone }, init);
  const unknown = refuse("session.unknown", "This session has no place");
  w1.send("app.start.response", { session_id, ...unknown }, start);
  w1.send("room.closed", { room_id: "r1", reason: "place_needed", message: "", sessions: [] });
  deepEqual(back.types(), []);
  clock.advance(PLACE_WAIT);
  deepEqual(w1.types(), ["webrtc.init", "app.start"]);
  equal(w1.last("webrtc.init").payload.room_id, undefined);
  equal(w1.last("app.start").payload.continue_from, "r1");
});

Deno.test("[SES17] a player who continues takes over from its own session that is away", () => {
  const { user, w1, ana, session_id } = setup();
  const resume = ana.last("session.ready").payload.resume_token;
  ana.drop();
  const back = user({}, ofBrowser("brw_ana"));
  w1.received();
  back.send("webrtc.init", continued);
  deepEqual(w1.types(), ["session.end", "webrtc.init"]);
  deepEqual(w1.last("session.end").payload, { session_id, reason: "continued" });
  const woken = user({ resume }, ofBrowser("brw_ana"));
  equal(woken.last("session.ended").payload.reason, "continued");
});

Deno.test("[SES17] a player who continues takes over from nobody who is there, and from nobody else", () => {
  const { clock, user, w1, ana } = setup();
  w1.received();
  const second = user({}, ofBrowser("brw_ana"));
  second.send("webrtc.init", continued);
  clock.advance(TAB_CLOSES);
  deepEqual(w1.types(), ["webrtc.init"]);
  ana.drop();
  const owner = passOf({
    policy: "signed_in",
    user: { user_id: "usr_1", owner_id: "usr_1", role: "admin" } as never,
  });
  user({}, owner).send("webrtc.init", continued);
  deepEqual(w1.types(), ["webrtc.init"]);
});

Deno.test("[SES17] a player who continues before its closing tab is gone gets the seat of that tab", () => {
  const { clock, user, w1, ana, session_id } = setup();
  const back = user({}, ofBrowser("brw_ana"));
  w1.received();
  const init = back.send("webrtc.init", continued);
  back.send("app.start", continued);
  deepEqual(w1.types(), []);
  ana.drop();
  clock.advance(TAB_CLOSES);
  deepEqual(w1.types(), ["session.end", "webrtc.init", "app.start"]);
  deepEqual(w1.last("session.end").payload, { session_id, reason: "continued" });
  equal(w1.last("webrtc.init").id, init);
});
