import { deepEqual, equal } from "node:assert/strict";
import { createFakeCoordinator, negotiate, play, roomOf } from "../../../fakes/coordinator.ts";

/** A player in a room of w1, and another worker that was let in. */
function setup() {
  const coordinator = createFakeCoordinator();
  const honest = coordinator.worker("w1");
  const ana = coordinator.user();
  const peer = play(ana, honest, roomOf("w1", "r1"));
  const rogue = coordinator.worker("w2");
  ana.received();
  return { ...coordinator, ana, honest, rogue, ...peer };
}

Deno.test("[WRK5] a report of another worker's room is ignored, under either worker's id", () => {
  const { ana, rogue, services } = setup();
  for (const room of [roomOf("w1", "r1", { paused: true }), roomOf("w2", "r1")]) {
    for (const type of ["room.opened", "room.changed"]) rogue.send(type, { room });
  }
  rogue.send("room.closed", { room_id: "r1", reason: "quit", message: "gone", sessions: [] });
  deepEqual(ana.types(), []);
  equal(services.workers.room(roomOf("w1", "r1").room_id)?.worker_id, "w1");
});

Deno.test("[WRK5] another worker's room in a hello is ignored", () => {
  const { ana, services, worker } = setup();
  worker("w3", { rooms: [roomOf("w1", "r1", { paused: true }), roomOf("w3", "r1")] });
  deepEqual(ana.types().filter((type) => type === "room.changed"), []);
  equal(services.workers.room(roomOf("w1", "r1").room_id)?.worker_id, "w1");
  deepEqual(services.workers.views().map(({ rooms }) => rooms.length), [1, 0, 0]);
});

Deno.test("[WRK5] a worker's reports of its own rooms still count", () => {
  const { ana, honest } = setup();
  honest.send("room.changed", { room: roomOf("w1", "r1", { paused: true }) });
  equal(ana.last("room.changed").payload.room.paused, true);
});

Deno.test("[PLC3] no place is kept for a session that ended while its worker was away", () => {
  const { worker, user, services } = createFakeCoordinator();
  const w1 = worker("w1");
  const { session_id } = negotiate(user(), w1);
  w1.send("session.ended", { session_id, reason: "left", message: "gone" });
  w1.drop();
  worker("w1", { sessions: [{ session_id, room_id: null }] });
  equal(services.workers.choices()[0]?.free_places, 1);
});

Deno.test("[SES7] a media report of a place that was given up is ignored", () => {
  const { worker, user, services } = createFakeCoordinator();
  const w1 = worker("w1");
  const { session_id } = negotiate(user(), w1);
  services.sessions.giveUpPlace(services.sessions.find(session_id)!);
  w1.send("session.media", { session_id, connected: true });
  equal(services.sessions.find(session_id)?.state.state, "browsing");
});
