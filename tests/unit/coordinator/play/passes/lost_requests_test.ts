/** What was under way on the connection of a worker that is lost, and is dialled again. */
import { deepEqual, equal } from "node:assert/strict";
import { createFakeCoordinator, DUEL, refusalOf, roomOf } from "../../../../fakes/coordinator.ts";

function setup() {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1");
  const ana = coordinator.user();
  const id = ana.send("webrtc.init", { app_id: DUEL.app_id });
  ana.send("app.start", { app_id: DUEL.app_id });
  ana.received();
  return { ...coordinator, w1, ana, id };
}

Deno.test("[WRK13] a request that was lost with the connection of its worker is made again when the worker is back", () => {
  const { w1, worker, ana, id } = setup();
  w1.drop();
  const back = worker("w1");
  deepEqual(ana.types(), []);
  deepEqual(back.types().filter((type) => type !== "worker.hello.response"), [
    "webrtc.init",
    "app.start",
  ]);
  equal(back.last("webrtc.init").id, id);
  const { session_id } = back.last("webrtc.init").payload;
  back.send("webrtc.offer", { session_id, peer_id: "p", sdp: "v=0" });
  deepEqual(ana.types(), ["webrtc.offer"]);
});

Deno.test("[WRK13] a request that the worker has is not made again", () => {
  const { w1, worker, ana } = setup();
  const { session_id } = w1.last("webrtc.init").payload;
  w1.drop();
  const back = worker("w1", { sessions: [{ session_id, room_id: null }] });
  equal(back.types().includes("webrtc.init"), false);
  deepEqual(ana.types(), []);
});

Deno.test("[WRK13] a request for a room that is gone is refused, and a session that had its offer ends", () => {
  const { services, user, worker, w1 } = setup();
  const room = roomOf("w1", "r1");
  w1.send("room.opened", { room, owner: {} });
  const [ben, cem] = [user({ room_id: "r1" }), user({ room_id: "r1" })];
  for (const each of [ben, cem]) each.send("webrtc.init", {});
  const { session_id } = w1.last("webrtc.init").payload;
  w1.send("webrtc.offer", { session_id, peer_id: "p", sdp: "v=0" });
  w1.drop();
  worker("w1");
  equal(refusalOf(ben!)?.code, "room.unknown");
  equal(cem!.last("session.ended").payload.reason, "worker_lost");
  equal(services.sessions.find(session_id), undefined);
});
