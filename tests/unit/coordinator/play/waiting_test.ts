import { deepEqual, equal } from "node:assert/strict";
import { createFakeCoordinator, DUEL, play, roomOf } from "../../../fakes/coordinator.ts";

const init = { app_id: DUEL.app_id };

/** A coordinator whose one place is taken. */
function setup() {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1");
  const { session_id } = play(coordinator.user(), w1, roomOf("w1", "r1"));
  w1.received();
  return { ...coordinator, w1, session_id };
}

Deno.test("[SES8] a player without a place gets the next one by itself, before who came later", () => {
  const { user, clock, w1, session_id } = setup();
  const [ben, cleo] = [user(), user()];
  const id = ben.send("webrtc.init", init);
  clock.advance(1_000);
  cleo.send("webrtc.init", init);
  clock.advance(10 * 60_000);
  const positions = (player: typeof ben) =>
    player.received().flatMap(({ type, payload }) =>
      type === "session.no_capacity" ? payload.position : []
    );
  deepEqual([positions(ben), positions(cleo)], [[1], [2]]);
  w1.received();
  w1.send("room.closed", { room_id: "r1", reason: "quit", message: "", sessions: [session_id] });
  equal(w1.last("webrtc.init").id, id);
  clock.advance(1_000);
  deepEqual(positions(cleo), [1]);
});

Deno.test("[SES8] a waiting player whose socket drops keeps the position for 10 s", () => {
  const { user, clock, w1, session_id } = setup();
  const [ben, cleo] = [user(), user()];
  const resume = ben.last("session.ready").payload.resume_token;
  ben.send("webrtc.init", init);
  clock.advance(1_000);
  cleo.send("webrtc.init", init);
  ben.drop();
  clock.advance(5_000);
  const id = user({ resume }).send("webrtc.init", init);
  w1.received();
  w1.send("room.closed", { room_id: "r1", reason: "quit", message: "", sessions: [session_id] });
  equal(w1.last("webrtc.init").id, id);
});
