import { deepEqual, equal } from "node:assert/strict";
import { HIDDEN_GRACE } from "../../../../coordinator/domain/session.ts";
import { AppId } from "../../../../protocol/ids.ts";
import {
  createFakeCoordinator,
  DUEL,
  negotiate,
  play,
  roomOf,
} from "../../../fakes/coordinator.ts";

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

Deno.test("[SES18] who watches a live picture is never asked for a place: its room takes none", () => {
  const coordinator = createFakeCoordinator();
  const live = { ...DUEL, app_id: AppId.parse("live-1"), kind: "live" as const, players: 0 };
  const room = { ...roomOf("w1", "r9"), app_id: live.app_id };
  const w1 = coordinator.worker("w1", { apps: [DUEL, live], rooms: [room] });
  const watcher = coordinator.user();
  const { session_id } = negotiate(watcher, w1, { app_id: live.app_id });
  w1.send("session.media", { session_id, connected: true });
  watcher.send("page.hidden", { hidden: true });
  play(coordinator.user(), w1, roomOf("w1", "r1"));
  coordinator.user().send("webrtc.init", init);
  coordinator.clock.advance(2 * HIDDEN_GRACE);
  equal(watcher.types().includes("session.place_wanted"), false);
});
