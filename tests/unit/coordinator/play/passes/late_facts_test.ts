/** What a pass follows from may be known after it was signed: the worker gets what holds, in any order of messages. */
import { deepEqual, equal } from "node:assert/strict";
import { type Pass, passOf } from "../../../../../coordinator/domain/pass.ts";
import { AppId, UserId } from "../../../../../protocol/ids.ts";
import type { App } from "../../../../../protocol/legs/room.ts";
import type { RoomRole } from "../../../../../protocol/pass.ts";
import { readPass } from "../../../../../protocol/signed_pass.ts";
import {
  createFakeCoordinator,
  DUEL,
  type FakeWorker,
  helloOf,
  ownerIn,
  play,
  refusalOf,
  roomOf,
} from "../../../../fakes/coordinator.ts";

const LIVE: App = { ...DUEL, app_id: AppId.parse("live-str"), kind: "live", players: 1 };
const ofBrowser = (browser: string): Pass => passOf({ policy: "anyone", browser });
const ofUser = (user: string, browser: string): Pass => {
  const id = UserId.parse(user);
  return passOf({
    ...{ policy: "share_link", browser },
    user: { user_id: id, owner_id: id, role: "operator" },
  });
};

function setup(apps: App[] = [DUEL, LIVE]) {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { apps, capacity: 2 });
  const { sessions } = coordinator.services;
  const standingAt = (worker: FakeWorker) => {
    const hello = worker.last("worker.hello.response").payload;
    const key = "pass_key" in hello ? hello.pass_key : "";
    const sent = worker.wire.sent.map((text) => JSON.parse(text))
      .findLast(({ payload }) => "pass" in payload);
    return readPass(sent.payload.pass, { key, now: coordinator.clock.epoch() })!;
  };
  const sessionOf = (id: string) => sessions.all().find(({ session_id }) => session_id === id)!;
  return { ...coordinator, w1, standingAt, sessions, sessionOf };
}

Deno.test("[PAS21] who may watch a live picture is no host of it, also before its room is reported", () => {
  const { w1, user, standingAt } = setup();
  const eve = user({}, ofBrowser("brw_eve"));
  eve.send("webrtc.init", { app_id: LIVE.app_id });
  deepEqual([standingAt(w1).role, standingAt(w1).app_id], ["watcher", LIVE.app_id]);
  eve.send("webrtc.init", {});
  deepEqual([standingAt(w1).role, standingAt(w1).app_id], ["watcher", LIVE.app_id]);
});

Deno.test("[PAS21] in a room that is known late a session may do what it may do in that room", () => {
  const { w1, user, standingAt } = setup();
  const guest = passOf({
    policy: "anyone",
    browser: "brw_eve",
    user: { user_id: UserId.parse("usr_v"), owner_id: UserId.parse("usr_o"), role: "viewer" },
  });
  const eve = user({}, guest);
  eve.send("webrtc.init", { app_id: DUEL.app_id });
  equal(standingAt(w1).role, "host");
  const { session_id, pass } = w1.last("webrtc.init").payload;
  const room = roomOf("w1", "r1");
  // The worker had a room of somebody else of the fleet for it.
  const owner = { ...ownerIn(pass), holder: "brw_other" };
  w1.send("room.opened", { room, owner });
  w1.send("app.start.response", { session_id, room, seat: null });
  deepEqual([standingAt(w1).role, standingAt(w1).room_id], ["watcher", "r1"]);
});

Deno.test("[PAS21] the owner of a room counts from its first report on", () => {
  const { w1, user, sessionOf } = setup();
  const ana = user({}, ofBrowser("brw_ana"));
  ana.send("webrtc.init", { app_id: DUEL.app_id });
  const { session_id, pass } = w1.last("webrtc.init").payload;
  const seats = [{ seat: 0, session_id, connected: true }];
  w1.send("room.opened", { room: roomOf("w1", "r1", { seats }), owner: ownerIn(pass) });
  equal(sessionOf(session_id)?.room, "r1");
  equal(ana.received().some(({ type }) => type === "session.ended"), false);
});

Deno.test("[PAS8] a login that ends while the room is opened ends the session in it", () => {
  const { w1, user, sessions, sessionOf } = setup();
  const ana = user({}, ofUser("usr_ana", "brw_ana"));
  ana.send("webrtc.init", { app_id: DUEL.app_id });
  const { session_id, pass } = w1.last("webrtc.init").payload;
  // The person signs out; a link lets the browser play on.
  sessions.setPass(sessionOf(session_id), ofBrowser("brw_ana"));
  w1.send("room.opened", { room: roomOf("w1", "r1"), owner: ownerIn(pass) });
  w1.send("app.start.response", { session_id, room: roomOf("w1", "r1"), seat: null });
  equal(ana.last("session.ended").payload.reason, "right_ended");
  equal(w1.last("session.end").payload.reason, "right_ended");
});

Deno.test("[PAS22] a role that changed while the worker was away holds when it is back", () => {
  const { w1, user, worker, sessions, sessionOf, standingAt } = setup();
  const owner_id = UserId.parse("usr_o");
  const ofRole = (role: "operator" | "viewer") =>
    passOf({
      ...{ policy: "share_link", browser: `brw_${role}` },
      user: { user_id: UserId.parse("usr_v"), owner_id, role },
    });
  const room = roomOf("w1", "r1");
  w1.send("room.opened", { room, owner: { holder: "usr_o", fleet: owner_id } });
  const eve = user({ room_id: "r1" }, ofRole("operator"));
  eve.send("webrtc.init", {});
  const { session_id } = w1.last("webrtc.init").payload;
  equal(standingAt(w1).role, "host");
  w1.drop();
  sessions.setPass(sessionOf(session_id), ofRole("viewer"));
  const back = worker("w1", {
    ...helloOf("w1", { apps: [DUEL], capacity: 2, rooms: [room] }),
    sessions: [{ session_id, room_id: room.room_id }],
    owners: [{ room_id: room.room_id, owner: { holder: "usr_o", fleet: owner_id } }],
  });
  equal(standingAt(back).role, "watcher");
});

Deno.test("[PAS21] what a worker knows already it is not told again", () => {
  const { w1, user, sessions, sessionOf } = setup();
  const { session_id } = play(user({}, ofBrowser("brw_ana")), w1, roomOf("w1", "r1"));
  w1.received();
  for (let n = 0; n < 3; n++) sessions.setPass(sessionOf(session_id), ofBrowser("brw_ana"));
  w1.send("room.changed", { room: roomOf("w1", "r1", { paused: true }) });
  deepEqual(w1.types(), []);
});

/** All orders of a list. */
function* orders<T>(all: readonly T[]): Generator<T[]> {
  if (all.length === 0) yield [];
  for (const [at, each] of all.entries()) {
    for (const rest of orders(all.toSpliced(at, 1))) yield [each, ...rest];
  }
}

Deno.test("[PAS21] in whatever order room, answer, seat and rights become known, the worker ends with the same pass", () => {
  const last = passOf({
    ...{ policy: "anyone", browser: "brw_ana" },
    link: { share_id: "shr_1", role: "player" as RoomRole },
  });
  const ends = new Set<string>();
  for (const order of orders(["opened", "answered", "seated", "renewed"] as const)) {
    // A room answers and changes after it opened.
    if (order.indexOf("opened") > Math.min(order.indexOf("answered"), order.indexOf("seated"))) {
      continue;
    }
    const { w1, user, sessions, sessionOf, standingAt } = setup();
    const ana = user({}, ofBrowser("brw_ana"));
    ana.send("webrtc.init", { app_id: DUEL.app_id });
    const { session_id, pass } = w1.last("webrtc.init").payload;
    const room = roomOf("w1", "r1");
    const seats = [{ seat: 0, session_id, connected: true }];
    for (const step of order) {
      if (step === "opened") w1.send("room.opened", { room, owner: ownerIn(pass) });
      if (step === "answered") w1.send("app.start.response", { session_id, room, seat: 0 });
      if (step === "seated") w1.send("room.changed", { room: { ...room, seats } });
      if (step === "renewed") sessions.setPass(sessionOf(session_id), last);
    }
    const { expires_at: _, ...content } = standingAt(w1);
    ends.add(JSON.stringify([content, sessionOf(session_id)?.room, refusals(ana)]));
  }
  equal(ends.size, 1, [...ends].join("\n"));
});

function refusals(user: Parameters<typeof refusalOf>[0]): string[] {
  return user.received().filter(({ payload }) => "error" in payload).map(({ type }) => type);
}
