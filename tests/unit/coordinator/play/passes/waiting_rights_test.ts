/** What a request aims at is found out when its turn comes, not when it began to wait. */
import { deepEqual, equal } from "node:assert/strict";
import { type Pass, passOf } from "../../../../../coordinator/domain/pass.ts";
import { AppId, UserId } from "../../../../../protocol/ids.ts";
import type { App } from "../../../../../protocol/legs/room.ts";
import {
  createFakeCoordinator,
  DUEL,
  play,
  refusalOf,
  roomOf,
} from "../../../../fakes/coordinator.ts";

const LIVE: App = { ...DUEL, app_id: AppId.parse("live-str"), kind: "live", players: 1 };
const ofBrowser = (browser: string): Pass => passOf({ policy: "anyone", browser });
const user_id = UserId.parse("usr_ana");
/** Of a person whose link is all that is left of the rights. */
const ofLink = passOf({
  ...{ policy: "share_link", browser: "brw_eve" },
  link: { share_id: "shr_1", role: "watcher", owner_id: user_id },
});

/** Worker w1 has one place, which Ana holds; Eve waits for it. */
function setup(app = DUEL) {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { apps: [DUEL, LIVE], capacity: 1 });
  const ana = coordinator.user({}, ofBrowser("brw_ana"));
  const { session_id } = play(ana, w1, roomOf("w1", "r1"));
  const eve = coordinator.user({}, ofBrowser("brw_eve"));
  eve.send("webrtc.init", { app_id: app.app_id });
  eve.send("app.start", { app_id: app.app_id });
  w1.received();
  const free = () => {
    w1.send("room.closed", {
      ...{ room_id: "r1", reason: "quit", message: "Ana left", sessions: [session_id] },
    });
  };
  const { sessions } = coordinator.services;
  return { ...coordinator, w1, eve, free, sessions };
}

Deno.test("[PAS24] a player whose right ends while waiting for a place gets none when it is free", () => {
  const { eve, free, w1, sessions } = setup();
  const session = sessions.all().at(-1)!;
  sessions.setPass(session, ofLink);
  free();
  equal(refusalOf(eve)?.code, "app.forbidden");
  deepEqual(w1.types().filter((type) => type === "webrtc.init" || type === "app.start"), []);
});

Deno.test("[PAS24] a player who waits for a live picture gets in once its room is open, though every place is taken", () => {
  const { clock, eve, w1 } = setup(LIVE);
  w1.send("room.opened", { room: roomOf("w1", "r2", { app_id: LIVE.app_id, seats: [] }) });
  clock.advance(1_000);
  const { room_id, session_id } = w1.last("webrtc.init").payload;
  deepEqual([room_id, session_id], ["r2", eve.last("session.ready").payload.session_id]);
});

Deno.test("[PAS24] an app that leaves the library while a player waits for it is refused by name", () => {
  const { eve, free, w1 } = setup();
  w1.send("library.changed", { apps: [LIVE] });
  free();
  equal(refusalOf(eve)?.code, "app.unknown");
});
