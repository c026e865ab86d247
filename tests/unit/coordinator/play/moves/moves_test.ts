import { deepEqual, equal } from "node:assert/strict";
import { type Pass, passOf } from "../../../../../coordinator/domain/pass.ts";
import { UNSEEN_GRACE } from "../../../../../coordinator/domain/room.ts";
import { RoomId, SessionId } from "../../../../../protocol/ids.ts";
import { MOST_MOVES, MOVES_WITHIN } from "../../../../../coordinator/play/moves/room_moves.ts";
import { AWAY } from "../../../../../coordinator/play/moves/moves.ts";
import type { Room } from "../../../../../protocol/legs/room.ts";
import {
  createFakeCoordinator,
  DUEL,
  type FakeUser,
  play,
  roomOf,
} from "../../../../fakes/coordinator.ts";

const ofBrowser = (browser: string): Pass => passOf({ policy: "anyone", browser });
const store = { saves_store: "store_1" };
const owner = { holder: "brw_ana" };

/** Ana plays in room r1 of worker w1, which shares its saves with w2. */
function setup(other: object = store) {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", store);
  const ana = coordinator.user({}, ofBrowser("brw_ana"));
  const room = roomOf("w1", "r1");
  const { session_id } = play(ana, w1, room);
  const seats = [{ seat: 0, session_id, connected: true }];
  w1.send("room.opened", { room: { ...room, seats }, owner });
  const w2 = coordinator.worker("w2", other);
  w2.received();
  /** The socket of w1 is closed for so long that its rooms may move. */
  const lose = () => {
    w1.drop();
    coordinator.clock.advance(AWAY);
  };
  return { ...coordinator, w1, w2, ana, room, seats, session_id, lose };
}

const ask = (user: FakeUser) => user.send("webrtc.init", { app_id: DUEL.app_id, room_id: "r1" });
const shown = (room: Room | undefined) => [room?.worker_id, room?.generation];

Deno.test("[MOV1] a room whose worker is lost to coordinator and player goes on elsewhere, seats kept", () => {
  const { lose, w2, ana, services, session_id } = setup();
  lose();
  deepEqual(ana.last("room.unseen").payload, { room_id: "r1" });
  deepEqual(w2.types(), []);
  ask(ana);
  deepEqual(w2.last("room.take_over").payload, {
    room_id: "r1",
    app_id: DUEL.app_id,
    generation: 1,
    owner,
    seats: [{ session_id, seat: 0 }],
  });
  equal(ana.last("session.moved").payload.worker.worker_id, "w2");
  deepEqual(shown(services.workers.room(roomOf("w1", "r1").room_id)), ["w2", 1]);
  ask(ana);
  const init = w2.last("webrtc.init").payload;
  deepEqual([init.session_id, init.room_id], [session_id, "r1"]);
});

Deno.test("[MOV2] while the worker is connected nobody moves a room, and a stranger to it never does", () => {
  const { lose, w2, ana, user } = setup();
  ask(ana);
  deepEqual(w2.types(), []);
  const eve = user({}, ofBrowser("brw_eve"));
  lose();
  ask(eve);
  deepEqual(w2.types().filter((type) => type === "room.take_over"), []);
});

/** Whether w2 was asked to go on with a room. */
const goesOn = ({ w2 }: ReturnType<typeof setup>) => w2.types().includes("room.take_over");

Deno.test("[MOV2] a watcher moves no room, and follows it when a player does", () => {
  const scene = setup();
  const { w1, ana, user, clock, lose } = scene;
  const link = { share_id: "shr_1", room_id: RoomId.parse("r1"), role: "watcher" as const };
  const eve = user({ room_id: "r1" }, passOf({ policy: "share_link", link }));
  ask(eve);
  const { session_id } = w1.last("webrtc.init").payload;
  w1.send("session.media", { session_id, connected: true });
  lose();
  ask(eve);
  clock.advance(5_000);
  equal(goesOn(scene), false);
  equal(eve.types().includes("session.moved"), false);
  ask(ana);
  equal(goesOn(scene), true);
  equal(eve.last("session.moved").payload.worker.worker_id, "w2");
});

Deno.test("[MOV2] a session that was not connected yet moves no room, and goes on where its worker is back", () => {
  const scene = setup();
  const { user, clock, lose, worker, room, seats, session_id } = scene;
  const ben = user({ room_id: "r1" }, ofBrowser("brw_ana"));
  ask(ben);
  const id = scene.w1.last("webrtc.init").payload.session_id;
  lose();
  ask(ben);
  clock.advance(3_000);
  equal(goesOn(scene), false);
  const back = worker("w1", {
    ...store,
    rooms: [{ ...room, seats }],
    sessions: [session_id, id].map((session_id) => ({ session_id, room_id: room.room_id })),
    owners: [{ room_id: room.room_id, owner }],
  });
  clock.advance(AWAY);
  equal(back.last("webrtc.init").payload.session_id, id);
});

Deno.test("[MOV2] a room moves once its worker was away for a second, and not before", () => {
  const scene = setup();
  const { w1, ana, clock } = scene;
  w1.drop();
  ask(ana);
  clock.advance(AWAY - 1);
  equal(goesOn(scene), false);
  clock.advance(1);
  equal(goesOn(scene), true);
});

for (
  const [what, other] of [
    ["other saves", { saves_store: "store_2" }],
    ["no shared saves", {}],
    ["no free place", { ...store, capacity: 0 }],
    ["not the game", { ...store, apps: [] }],
  ] as const
) {
  Deno.test(`[MOV3] a worker with ${what} does not go on with a room`, () => {
    const { clock, lose, w2, ana } = setup(other);
    lose();
    ask(ana);
    deepEqual(w2.types().filter((type) => type === "room.take_over"), []);
    clock.advance(UNSEEN_GRACE + 1_000);
    equal(ana.last("session.ended").payload.reason, "worker_lost");
  });
}

Deno.test("[MOV4] the earlier worker that comes back gives way: it closes the room, and its reports change nothing", () => {
  const { lose, ana, services, worker, room, seats, session_id } = setup();
  lose();
  ask(ana);
  const back = worker("w1", {
    ...store,
    rooms: [{ ...room, seats }],
    sessions: [{ session_id, room_id: room.room_id }],
    owners: [{ room_id: room.room_id, owner }],
  });
  deepEqual(back.last("room.close").payload, { room_id: "r1", reason: "continued" });
  equal(back.last("session.end").payload.session_id, session_id);
  back.send("room.changed", { room: { ...room, paused: true } });
  back.send("room.closed", {
    room_id: room.room_id,
    sessions: [session_id],
    reason: "continued",
    message: "Closed",
  });
  deepEqual(shown(services.workers.room(room.room_id)), ["w2", 1]);
  equal(ana.types().includes("session.ended"), false);
});

/** Ana and a watcher are in a room of the only worker, which is killed and started anew. */
function killed(anew: object = {}) {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { instance: "first" });
  const ana = coordinator.user({}, ofBrowser("brw_ana"));
  const room = roomOf("w1", "r1");
  const { session_id } = play(ana, w1, room);
  const seats = [{ seat: 0, session_id, connected: true }];
  w1.send("room.opened", { room: { ...room, seats }, owner });
  const link = { share_id: "shr_1", room_id: room.room_id, role: "watcher" as const };
  const eve = coordinator.user({ room_id: "r1" }, passOf({ policy: "share_link", link }));
  ask(eve);
  w1.send("session.media", {
    session_id: w1.last("webrtc.init").payload.session_id,
    connected: true,
  });
  w1.drop();
  const start = () => coordinator.worker("w1", { instance: "second", ...anew });
  return { ...coordinator, ana, eve, room, session_id, start };
}

Deno.test("[MOV8] a worker that was started anew goes on with its rooms, with everybody in them", () => {
  const { start, ana, eve, room, session_id, services } = killed();
  const w1 = start();
  deepEqual(w1.last("room.take_over").payload, {
    room_id: "r1",
    app_id: DUEL.app_id,
    generation: 1,
    owner,
    seats: [{ session_id, seat: 0 }],
  });
  deepEqual(shown(services.workers.room(room.room_id)), ["w1", 1]);
  for (const each of [ana, eve]) {
    equal(each.last("session.moved").payload.worker.worker_id, "w1");
    equal(each.types().includes("session.ended"), false);
  }
  ask(ana);
  deepEqual(w1.last("webrtc.init").payload.session_id, session_id);
  deepEqual(services.rights.room(room).owner, owner);
});

for (
  const [what, anew] of [
    ["as the same process", { instance: "first" }],
    ["with other saves", store],
    ["without the game", { apps: [] }],
    ["without a free place", { capacity: 0 }],
  ] as const
) {
  Deno.test(`[MOV8] a worker that comes back ${what} is not asked to go on with what it lost`, () => {
    const { start, ana, services, room } = killed(anew);
    deepEqual(start().types().filter((type) => type === "room.take_over"), []);
    equal(ana.last("session.ended").payload.reason, "worker_lost");
    equal(services.workers.room(room.room_id), undefined);
  });
}

Deno.test("[MOV9] a room that ends each process of its worker is given up, and one that did long ago is not", () => {
  for (const pause of [1_000, MOVES_WITHIN / MOST_MOVES]) {
    const { worker, clock, ana, room, services } = killed();
    for (let n = 1; n <= MOST_MOVES + 1; n++) {
      const w1 = worker("w1", { instance: `again ${n}` });
      const isGivenUp = pause === 1_000 && n > MOST_MOVES;
      deepEqual(
        shown(services.workers.room(room.room_id)),
        isGivenUp ? [undefined, undefined] : [
          "w1",
          n,
        ],
      );
      equal(ana.types().includes("session.ended"), isGivenUp);
      clock.advance(pause);
      w1.drop();
    }
    if (pause === 1_000) equal(ana.last("session.ended").payload.reason, "worker_lost");
  }
});

Deno.test("[MOV9] a room that ends each worker that takes it is given up, which the log says once", () => {
  const { w1, w2, ana, room, clock, services, worker, lines } = setup();
  const givenUp = () => lines.filter((line) => line.includes("room given up"));
  const wires = { w1, w2 };
  for (let n = 1; n <= MOST_MOVES + 1; n++) {
    const at = services.workers.room(room.room_id)!.worker_id as "w1" | "w2";
    wires[at].drop();
    clock.advance(AWAY);
    ask(ana);
    equal(services.workers.room(room.room_id)?.generation ?? 0, Math.min(n, MOST_MOVES));
    if (n <= MOST_MOVES) {
      wires[at] = worker(at, store);
      // It is asked about a room whose worker is there, which is not lost.
      ask(ana);
      deepEqual(givenUp(), []);
    }
  }
  clock.advance(UNSEEN_GRACE);
  equal(givenUp().length, 1);
  equal(ana.last("session.ended").payload.reason, "worker_lost");
});

Deno.test("[MOV1] of a room that moved nothing is left at the worker that lost it", () => {
  const { lose, ana, w2, room, services, worker } = setup();
  lose();
  ask(ana);
  worker("w1", store);
  const after = services.workers.room(room.room_id)!;
  deepEqual(services.rights.room(after).owner, owner);
  deepEqual(services.rights.room(room).owner, {});
  w2.send("room.closed", {
    room_id: room.room_id,
    sessions: [],
    reason: "quit",
    message: "Closed",
  });
  for (const each of [room, after]) deepEqual(services.rights.room(each).owner, {});
});

/** A coordinator that restarted after r1 of w1 had gone on at w2; both workers hold the room and Ana's session. */
function restarted(later: object = store) {
  const coordinator = createFakeCoordinator();
  const session_id = SessionId.parse("ses_ana");
  const seats = [{ seat: 0, session_id, connected: true }];
  const rest = {
    sessions: [{ session_id, room_id: RoomId.parse("r1") }],
    owners: [{ room_id: RoomId.parse("r1"), owner }],
  };
  const room = roomOf("w2", "r1", { generation: 1, seats });
  const early = () =>
    coordinator.worker("w1", { ...store, ...rest, rooms: [roomOf("w1", "r1", { seats })] });
  const late = () => coordinator.worker("w2", { ...later, ...rest, rooms: [room] });
  return { ...coordinator, early, late, room, session_id };
}

for (const first of ["earlier", "later"] as const) {
  Deno.test(`[MOV4] after a restart the later generation of a room counts, also where the ${first} one is reported first`, () => {
    const { early, late, services, room, session_id } = restarted();
    const [w1, w2] = first === "earlier" ? [early(), late()] : [late(), early()].reverse();
    deepEqual(shown(services.workers.room(room.room_id)), ["w2", 1]);
    deepEqual(w1!.last("room.close").payload, { room_id: "r1", reason: "continued" });
    deepEqual(w2!.types(), ["worker.hello.response"]);
    const session = services.sessions.find(session_id);
    deepEqual([session?.worker, session?.room], ["w2", "r1"]);
    deepEqual(services.rights.room(room).owner, owner);
    w1!.send("room.closed", {
      room_id: room.room_id,
      sessions: [session_id],
      reason: "continued",
      message: "Closed",
    });
    deepEqual(services.sessions.find(session_id)?.worker, "w2");
    const taken = services.workers.choices().map(({ worker_id, places, free_places }) =>
      [worker_id, places - free_places] as const
    );
    deepEqual(Object.fromEntries(taken), { w1: 0, w2: 1 });
  });
}

Deno.test("[MOV4] a room that is opened at the later worker after both hellos goes there too", () => {
  const { early, worker, services, room, session_id } = restarted();
  const w1 = early();
  const w2 = worker("w2", store);
  w2.send("room.opened", { room, owner });
  deepEqual(shown(services.workers.room(room.room_id)), ["w2", 1]);
  equal(w1.last("room.close").payload.reason, "continued");
  equal(services.sessions.find(session_id)?.worker, "w2");
});

Deno.test("[MOV4] a worker with other saves takes no room by a generation", () => {
  const { early, late, services, room } = restarted({ saves_store: "store_2" });
  const w1 = early();
  const w2 = late();
  deepEqual(shown(services.workers.room(room.room_id)), ["w1", undefined]);
  equal(w2.last("room.close").payload.reason, "continued");
  equal(w1.types().includes("room.close"), false);
});

Deno.test("[MOV5] a room that cannot go on ends with the reason", () => {
  const { lose, w2, ana, services, room } = setup();
  lose();
  ask(ana);
  const message = "There is no saved state";
  w2.send("room.closed", { room_id: room.room_id, sessions: [], reason: "failed", message });
  const { reason, cause } = ana.last("session.ended").payload;
  deepEqual([reason, cause], ["failed", message]);
  equal(services.workers.room(room.room_id), undefined);
});

Deno.test("[MOV1] a player whose socket is closed finds the room at the other worker", () => {
  const { w1, w2, ana, user, session_id, lose } = setup();
  const ben = user({ room_id: "r1" }, ofBrowser("brw_ana"));
  ask(ben);
  const ofBen = w1.last("webrtc.init").payload.session_id;
  w1.send("session.media", { session_id: ofBen, connected: true });
  const token = ana.last("session.ready").payload.resume_token;
  ana.drop();
  lose();
  ask(ben);
  w2.received();
  const back = user({ resume: token }, ofBrowser("brw_ana"));
  const { worker, room } = back.last("session.ready").payload;
  deepEqual([worker.worker_id, room?.worker_id], ["w2", "w2"]);
  ask(back);
  equal(w2.last("webrtc.init").payload.session_id, session_id);
});
