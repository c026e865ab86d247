import { deepEqual, equal } from "node:assert/strict";
import { type Pass, passOf } from "../../../../coordinator/domain/pass.ts";
import { AppId, RoomId, UserId } from "../../../../protocol/ids.ts";
import type { App } from "../../../../protocol/legs/room.ts";
import type { RoomRole } from "../../../../protocol/pass.ts";
import { readPass } from "../../../../protocol/signed_pass.ts";
import {
  createFakeCoordinator,
  DUEL,
  type FakeUser,
  type FakeWorker,
  helloOf,
  refusalOf,
  roomOf,
} from "../../../fakes/coordinator.ts";

const LIVE: App = { ...DUEL, app_id: AppId.parse("live-str"), kind: "live", players: 0 };
const owner = { holder: "brw_ana" };

/** Worker w1 runs room r1 of the browser `brw_ana` and room r2, a live picture of nobody here. */
function setup() {
  const coordinator = createFakeCoordinator();
  const rooms = [roomOf("w1", "r1"), roomOf("w1", "r2", { app_id: LIVE.app_id })];
  const w1 = coordinator.worker("w1", {
    ...helloOf("w1"),
    ...{ rooms, apps: [DUEL, LIVE], capacity: 4 },
    owners: [{ room_id: RoomId.parse("r1"), owner }],
  });
  return { ...coordinator, w1 };
}

const ofBrowser = (browser: string): Pass => passOf({ policy: "anyone", browser });
const ofLink = (room: string, role: RoomRole): Pass =>
  passOf({
    policy: "share_link",
    browser: "brw_guest",
    link: { share_id: "shr_1", room_id: RoomId.parse(room), role },
  });

const codeOf = (user: FakeUser) => refusalOf(user)?.code;
const passAt = (w1: FakeWorker, clock: ReturnType<typeof setup>["clock"]) => {
  const hello = w1.last("worker.hello.response").payload;
  const key = "pass_key" in hello ? hello.pass_key : "";
  return readPass(w1.last("webrtc.init").payload.pass, { key, now: clock.epoch() });
};
const apps = (user: FakeUser) =>
  user.last("session.ready").payload.apps.map(({ app_id }) => app_id);

Deno.test("[PAS2] a room of another player is refused, by its id and as the room of the link", () => {
  const { user, w1 } = setup();
  const eve = user({ room_id: "r1" }, ofBrowser("brw_eve"));
  equal(eve.last("session.ready").payload.room, null);
  w1.received();
  for (const payload of [{}, { room_id: "r1" }]) {
    eve.send("webrtc.init", payload);
    equal(codeOf(eve), "room.forbidden");
  }
  deepEqual(w1.types(), []);
});

Deno.test("[PAS2] its host comes back to a room by its id, from another window as well", () => {
  const { user, w1, clock } = setup();
  const ana = user({ room_id: "r1" }, ofBrowser("brw_ana"));
  equal(ana.last("session.ready").payload.room?.room_id, "r1");
  ana.send("webrtc.init", {});
  const pass = passAt(w1, clock);
  deepEqual([pass?.room_id, pass?.role, pass?.owner.holder], ["r1", "host", "brw_ana"]);
});

Deno.test("[PAS2] a link to one room opens no app and no other room", () => {
  const { user, w1, clock } = setup();
  const guest = user({}, ofLink("r1", "watcher"));
  deepEqual(apps(guest), ["duel"]);
  w1.received();
  guest.send("webrtc.init", { room_id: "r2" });
  equal(codeOf(guest), "room.forbidden");
  guest.send("webrtc.init", { app_id: LIVE.app_id });
  equal(codeOf(guest), "room.forbidden");
  guest.send("webrtc.init", { app_id: DUEL.app_id });
  equal(codeOf(guest), "app.forbidden");
  deepEqual(w1.types(), []);
  guest.send("webrtc.init", { room_id: "r1" });
  equal(passAt(w1, clock)?.role, "watcher");
});

Deno.test("[PAS7] the library holds what a pass opens: live pictures are for their fleet", () => {
  const { user } = setup();
  const person = (role: "admin" | "operator") => {
    const id = UserId.parse("usr_1");
    return passOf({ policy: "share_link", user: { user_id: id, owner_id: id, role } });
  };
  deepEqual(apps(user({}, person("admin"))), ["duel", "live-str"]);
  deepEqual(apps(user({}, person("operator"))), ["duel"]);
  deepEqual(apps(user({}, ofBrowser("brw_eve"))), ["duel", "live-str"]);
});

Deno.test("[PAS3] a session that resumes has the pass of its new socket", () => {
  const { user } = setup();
  const ana = user({ room_id: "r1" }, ofBrowser("brw_ana"));
  const { resume_token } = ana.last("session.ready").payload;
  const eve = user({ resume: resume_token, room_id: "r1" }, ofBrowser("brw_eve"));
  equal(eve.last("session.ready").payload.room, null);
  eve.send("webrtc.init", { room_id: "r1" });
  equal(codeOf(eve), "room.forbidden");
});

Deno.test("[PAS8] after a restart of the coordinator a player without a right does not stay in the room", () => {
  const before = setup();
  const ana = before.user({ room_id: "r1" }, ofBrowser("brw_ana"));
  const { resume_token, session_id } = ana.last("session.ready").payload;
  const { user, worker } = createFakeCoordinator();
  worker("w2", { capacity: 1 });
  const eve = user({ resume: resume_token }, ofBrowser("brw_eve"));
  const room = RoomId.parse("r1");
  const w1 = worker("w1", {
    ...{ rooms: [roomOf("w1", "r1")], apps: [DUEL], capacity: 4 },
    sessions: [{ session_id, room_id: room }],
    owners: [{ room_id: room, owner }],
  });
  equal(eve.last("session.ended").payload.reason, "right_ended");
  equal(w1.last("session.end").payload.reason, "right_ended");
});

Deno.test("[PAS11] a signed-in person's preview of a live picture is marked for its worker, and only watches", () => {
  const { user, w1, clock } = setup();
  const ada: Pass = {
    ...passOf({ policy: "anyone", browser: "brw_ada" }),
    user: UserId.parse("usr_ada"),
    openings: [{ opens: "all" }],
  };
  const marks = (link: Record<string, string>, pass: Pass) => {
    user(link, pass).send("webrtc.init", {});
    const { role, preview, layer } = passAt(w1, clock)!;
    return layer ? [role, preview, layer] : [role, preview];
  };
  deepEqual(marks({ room_id: "r2", preview: "yes" }, ada), ["watcher", true]);
  deepEqual(marks({ room_id: "r2", preview: "small" }, ada), ["watcher", true, "small"]);
  deepEqual(marks({ room_id: "r2" }, ada), ["host", undefined]);
  deepEqual(marks({ room_id: "r1", preview: "yes" }, ada), ["host", undefined]);
  const stranger = ofBrowser("brw_eve");
  deepEqual(marks({ room_id: "r2", preview: "yes" }, stranger), ["watcher", undefined]);
  const page = user({ room_id: "r2" }, ada);
  page.send("webrtc.init", {});
  const { resume_token: resume } = page.last("session.ready").payload;
  page.drop();
  user({ room_id: "r2", preview: "yes", resume }, ada);
  const hello = w1.last("worker.hello.response").payload;
  const key = "pass_key" in hello ? hello.pass_key : "";
  const resumed = readPass(w1.last("session.pass").payload.pass, { key, now: clock.epoch() });
  equal(resumed?.preview, true);
});
