import { type Refusal, refuse } from "../../../../protocol/envelope.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { LEASE_TIME } from "../../../../coordinator/domain/lease.ts";
import { PLACE_WAIT } from "../../../../coordinator/play/places/waiting_line.ts";
import { AppId, RoomId, WorkerId } from "../../../../protocol/ids.ts";
import {
  createFakeCoordinator,
  DUEL,
  type FakeUser,
  negotiate,
  play,
  refusalOf,
  roomOf,
} from "../../../fakes/coordinator.ts";

const init = { app_id: DUEL.app_id };

function free({ services }: ReturnType<typeof createFakeCoordinator>): number {
  return services.workers.choices().reduce((sum, { free_places }) => sum + free_places, 0);
}

/** A coordinator whose one place is taken by Ana. */
function full() {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1");
  const ana = coordinator.user();
  const peer = play(ana, w1, roomOf("w1", "r1"));
  w1.received();
  return { ...coordinator, coordinator, w1, ana, ...peer };
}

Deno.test("[SES8] a place is leased at the request for it and not earlier", () => {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1");
  const ana = coordinator.user();
  equal(free(coordinator), 1);
  const id = ana.send("webrtc.init", init);
  equal(free(coordinator), 0);
  const asked = w1.last("webrtc.init");
  equal(asked.id, id);
  const { pass: _, ...payload } = asked.payload;
  deepEqual(payload, {
    session_id: ana.last("session.ready").payload.session_id,
    app_id: "duel",
    ice_servers: [],
  });
});

Deno.test("[SES8] with no free place the player gets session.no_capacity after 3 s, with the zone", () => {
  const { user, clock, w1 } = full();
  const ben = user();
  ben.received();
  ben.send("webrtc.init", init);
  clock.advance(PLACE_WAIT - 1);
  deepEqual(ben.types(), []);
  clock.advance(1);
  const [reported] = ben.received();
  equal(reported?.type, "session.no_capacity");
  deepEqual(reported?.payload, {
    zone: "frankfurt",
    workers: 1,
    waited_ms: 3000,
    position: 1,
  });
  ok(!w1.types().includes("webrtc.init"));
});

Deno.test("[SES8] a player who asks for a live picture joins its only room, which takes no place", () => {
  const coordinator = createFakeCoordinator();
  const live = { ...DUEL, app_id: AppId.parse("live-1"), kind: "live" as const, players: 0 };
  const room = { ...roomOf("w1", "r1"), app_id: live.app_id };
  const w1 = coordinator.worker("w1", { apps: [live], rooms: [room] });
  const ana = coordinator.user();
  ana.send("webrtc.init", { app_id: live.app_id });
  deepEqual([w1.last("webrtc.init").payload.room_id, free(coordinator)], ["r1", 1]);
});

Deno.test("[SES8] a place that is freed within 3 s goes to the earliest request", () => {
  const { user, w1, session_id, clock } = full();
  const [ben, cleo] = [user(), user()];
  ben.send("webrtc.init", init);
  clock.advance(1_000);
  cleo.send("webrtc.init", init);
  w1.send("room.closed", {
    room_id: "r1",
    reason: "quit",
    message: "Everybody left",
    sessions: [session_id],
  });
  equal(
    w1.last("webrtc.init").payload.session_id,
    ben.last("session.ready").payload.session_id,
  );
  clock.advance(PLACE_WAIT);
  equal(cleo.last("session.no_capacity").payload.waited_ms, 3000);
  ok(!ben.types().includes("session.no_capacity"));
});

Deno.test("[SES8] an app.start right after webrtc.init waits with it and keeps the order", () => {
  const { user, w1, session_id } = full();
  const ben = user();
  ben.send("webrtc.init", init);
  const start = ben.send("app.start", init);
  deepEqual(w1.types(), []);
  w1.send("session.ended", { session_id, reason: "left", message: "gone" });
  w1.send("room.closed", { room_id: "r1", reason: "quit", message: "empty", sessions: [] });
  deepEqual(w1.types(), ["webrtc.init", "app.start"]);
  equal(w1.last("app.start").id, start);
});

Deno.test("[SES8] a player who leaves the line frees its turn", () => {
  const { user, w1, session_id } = full();
  const ben = user();
  ben.send("webrtc.init", init);
  ben.drop();
  w1.send("room.closed", { room_id: "r1", reason: "quit", message: "", sessions: [session_id] });
  ok(!w1.types().includes("webrtc.init"));
});

Deno.test("[SES8] a worker whose old process still exits gets the request again", () => {
  const coordinator = createFakeCoordinator();
  const { user, worker, clock } = coordinator;
  const w1 = worker("w1");
  const ana = user();
  const id = ana.send("webrtc.init", init);
  const start = ana.send("app.start", init);
  const { session_id } = w1.last("webrtc.init").payload;
  w1.received();
  const refusal = { session_id, error: { code: "room.no_capacity", message: "full" } };
  const lost = { session_id, error: { code: "session.unknown", message: "no place" } };
  w1.send("webrtc.init.response", refusal, id);
  w1.send("app.start.response", lost, start);
  clock.advance(200);
  deepEqual(w1.received().map((message) => [message.type, message.id]), [
    ["webrtc.init", id],
    ["app.start", start],
  ]);
  deepEqual(ana.types(), ["session.ready"]);
});

Deno.test("[SES8] after 3 s with a full worker the player gets an answer, the lease ends, and the worker is asked each second", () => {
  const coordinator = createFakeCoordinator();
  const { user, worker, clock } = coordinator;
  const w1 = worker("w1");
  const ana = user();
  const id = ana.send("webrtc.init", init);
  const { session_id } = w1.last("webrtc.init").payload;
  const refusal = { session_id, error: { code: "room.no_capacity", message: "full" } };
  for (let asked = 0; asked <= PLACE_WAIT / 200; asked++) {
    w1.send("webrtc.init.response", refusal, id);
    clock.advance(200);
  }
  equal(ana.last("session.no_capacity").payload.position, 1);
  equal(free(coordinator), 1);
  w1.received();
  clock.advance(1_000);
  deepEqual(w1.types(), ["webrtc.init"]);
});

Deno.test("[ROM25] whoever waited for its turn in vain keeps its place in the room, is not shown a full worker and may ask again", () => {
  const { coordinator, w1 } = full();
  const ben = coordinator.user();
  const id = ben.send("webrtc.init", { room_id: RoomId.parse("r1") });
  const { session_id } = w1.last("webrtc.init").payload;
  coordinator.clock.advance(5_000);
  w1.received();
  const refusal = { session_id, error: { code: "room.crowded", message: "so many" } };
  w1.send("webrtc.init.response", refusal, id);
  const { crowded, position, waited_ms } = ben.last("session.no_capacity").payload;
  deepEqual([crowded, position, waited_ms], [true, undefined, 5_000]);
  deepEqual(w1.types(), []);
  ben.send("webrtc.init", { room_id: RoomId.parse("r1") });
  deepEqual(w1.types(), ["webrtc.init"]);
});

Deno.test("[SES5] an app that the promised worker lacks is played on another, which keeps a place", () => {
  const coordinator = createFakeCoordinator();
  const { user, worker } = coordinator;
  worker("w1");
  const w2 = worker("w2", { apps: [{ ...DUEL, app_id: "chess" as never }] });
  const ana = user({ worker_id: "" });
  equal(ana.last("session.ready").payload.worker.worker_id, "w1");
  ana.send("webrtc.init", { app_id: "chess" });
  const { payload } = ana.last("session.moved");
  equal(payload.worker.worker_id, "w2");
  ana.send("webrtc.init", { app_id: "chess" });
  equal(w2.last("webrtc.init").payload.app_id, "chess");
});

Deno.test("[SES12] a promised worker that disconnected before the request is replaced by another", () => {
  const { user, worker } = createFakeCoordinator();
  const w1 = worker("w1");
  const ana = user();
  const w2 = worker("w2");
  w1.drop();
  ana.send("webrtc.init", init);
  equal(ana.last("session.moved").payload.worker.worker_id, "w2");
  negotiate(ana, w2, init);
  equal(ana.types().at(-1), "webrtc.offer");
});

Deno.test("[SES5] a player is sent to the worker that holds the save", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1");
  const w2 = worker("w2");
  w2.send("saves.changed", { apps: ["duel"] });
  const ana = user();
  ana.send("webrtc.init", init);
  equal(ana.last("session.moved").payload.worker.worker_id, "w2");
});

Deno.test("[SES8] joining a room that runs takes no place", () => {
  const { user, w1, coordinator } = full();
  const ben = user({ room_id: "r1" });
  equal(ben.last("session.ready").payload.room?.room_id, "r1");
  negotiate(ben, w1);
  equal(w1.last("webrtc.init").payload.room_id, "r1");
  equal(free(coordinator), 0);
  equal(ben.types().at(-1), "webrtc.offer");
});

Deno.test("[SES7] a request for another room gives up the place in the first", () => {
  const { worker, ana, w1, session_id } = full();
  const w2 = worker("w2", { rooms: [roomOf("w2", "r2")] });
  ana.send("webrtc.init", { room_id: "r2" });
  deepEqual(w1.last("session.end").payload, { session_id, reason: "quit" });
  equal(ana.last("session.moved").payload.worker.worker_id, "w2");
  ana.send("webrtc.init", { room_id: "r2" });
  equal(w2.last("webrtc.init").payload.room_id, "r2");
});

Deno.test("[SIG7] a repeated request for the same goal keeps the place and the room", () => {
  const { ana, w1, session_id, coordinator } = full();
  ana.send("webrtc.init", { ...init, room_id: "r1" });
  ana.send("webrtc.init", init);
  ana.send("webrtc.init", {});
  deepEqual(
    w1.received().map(({ type, payload }) => [type, { ...payload, pass: "" }]),
    [0, 1, 2].map((at) => [
      "webrtc.init",
      { session_id, room_id: "r1", ...(at === 2 ? {} : init), ice_servers: [], pass: "" },
    ]),
  );
  equal(free(coordinator), 0);
});

Deno.test("[PLC3] a place in which no app is started is freed after a minute", () => {
  const coordinator = createFakeCoordinator();
  const { user, worker, clock } = coordinator;
  const w1 = worker("w1");
  const ana = user();
  const { session_id } = negotiate(ana, w1, init);
  w1.send("session.media", { session_id, connected: true });
  clock.advance(LEASE_TIME - 1_000);
  equal(free(coordinator), 0);
  clock.advance(1_000);
  equal(free(coordinator), 1);
  deepEqual(ana.last("session.ended").payload, { reason: "nothing_started" });
  equal(w1.last("session.end").payload.session_id, session_id);
});

Deno.test("[PLC2] a room keeps the place of the player who opened it, when that player is gone", () => {
  const { coordinator, user, w1, session_id } = full();
  const ben = user({ room_id: "r1" });
  negotiate(ben, w1);
  w1.send("session.ended", { session_id, reason: "quit", message: "You left the room" });
  equal(free(coordinator), 0);
  w1.send("room.closed", {
    room_id: "r1",
    reason: "quit",
    message: "Everybody left",
    sessions: [],
  });
  equal(free(coordinator), 1);
});

Deno.test("[PLC2] a player who opened a room has started an app, seated or not", () => {
  const coordinator = createFakeCoordinator();
  const { user, worker, clock } = coordinator;
  const w1 = worker("w1", { capacity: 2 });
  const ana = user();
  const { session_id } = negotiate(ana, w1, init);
  w1.send("session.media", { session_id, connected: true });
  const room = roomOf("w1", "r1");
  w1.send("room.opened", { room });
  w1.send("app.start.response", { session_id, room, seat: null }, ana.send("app.start", init));
  equal(free(coordinator), 1);
  clock.advance(LEASE_TIME);
  ok(!ana.types().includes("session.ended"));
});

Deno.test("[PLC2] a player who starts an app after its room closed needs another place", () => {
  const coordinator = createFakeCoordinator();
  const { user, worker } = coordinator;
  const w1 = worker("w1");
  const [ana, ben] = [user(), user()];
  const { session_id } = negotiate(ana, w1, init);
  w1.send("session.media", { session_id, connected: true });
  coordinator.services.workers.release(WorkerId.parse("w1"), session_id);
  play(ben, w1, roomOf("w1", "r1"));
  const id = ana.send("app.start", init);
  const answer = ana.last("app.start.response");
  equal(answer.id, id);
  deepEqual(answer.payload, {
    error: {
      code: "room.no_capacity",
      message: "No free place on Machine w1",
      detail: { worker: "Machine w1" },
    },
  });
});

const cause = "The core for it is not installed";
const refusals: readonly [string, object, Refusal][] = [
  [
    "a room that is not open",
    { room_id: "nowhere" },
    refuse("room.unknown", "Room nowhere is not open").error,
  ],
  [
    "neither a room nor an app",
    {},
    refuse(
      "target.none",
      "Cannot give a place: the request names neither a room nor an app",
    ).error,
  ],
  [
    "an app that no worker has",
    { app_id: "golf" },
    refuse("app.unknown", 'Cannot play "golf": no worker has it', { app_id: "golf" }).error,
  ],
  [
    "an app that cannot be played",
    { app_id: "broken" },
    refuse("app.unavailable", cause, { cause }).error,
  ],
];

for (const [what, payload, error] of refusals) {
  Deno.test(`[SES7] asking for ${what} is refused and reaches no worker`, () => {
    const { user, worker } = createFakeCoordinator();
    const broken = {
      ...DUEL,
      app_id: "broken" as never,
      unavailable: cause,
    };
    const w1 = worker("w1", { apps: [DUEL, broken] });
    const ana = user();
    const id = ana.send("webrtc.init", payload);
    const answer = ana.last("webrtc.init.response");
    equal(answer.id, id);
    deepEqual(answer.payload, { error });
    ok(!w1.types().includes("webrtc.init"));
  });
}

Deno.test("[SES7] a room whose worker is not connected is refused", () => {
  const { user, w1 } = full();
  w1.drop();
  const ben: FakeUser = user({ room_id: "r1" });
  ben.send("webrtc.init", { room_id: RoomId.parse("r1") });
  deepEqual(refusalOf(ben), {
    code: "worker.unseen",
    message: "Worker w1 of room r1 is not connected",
  });
});

for (
  const payload of [
    { app_id: "スーパー" },
    { app_id: "Paddle Duel" },
    { app_id: "" },
    { app_id: "x".repeat(97) },
    { app_id: "../duel" },
    { app_id: 7 },
    { room_id: "\0" },
    { room_id: "" },
  ]
) {
  Deno.test(`[SES7] webrtc.init with ${JSON.stringify(payload).slice(0, 40)} takes no place`, () => {
    const coordinator = createFakeCoordinator();
    const w1 = coordinator.worker("w1");
    const ana = coordinator.user();
    ana.send("webrtc.init", payload);
    equal(refusalOf(ana)?.code, "message.invalid");
    ok(!w1.types().includes("webrtc.init"));
    equal(free(coordinator), 1);
  });
}

Deno.test("[SES7] an app that the worker in the wish lacks is refused without a wait", () => {
  const { user, worker } = createFakeCoordinator();
  worker("w1");
  worker("w2", { apps: [{ ...DUEL, app_id: "chess" as never }] });
  const ana = user({ worker_id: "w2" });
  ana.send("webrtc.init", init);
  equal(refusalOf(ana)?.code, "app.unknown");
});
