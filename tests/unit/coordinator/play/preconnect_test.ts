import { deepEqual, equal, ok } from "node:assert/strict";
import { NO_PASS, type Pass } from "../../../../coordinator/domain/pass.ts";
import { NETWORK_LIMIT } from "../../../../coordinator/play/preconnections.ts";
import { AppId, RoomId } from "../../../../protocol/ids.ts";
import { createFakeCoordinator, DUEL, type FakeUser, roomOf } from "../../../fakes/coordinator.ts";

const init = { app_id: DUEL.app_id };
const LIBRARY: Pass = { holders: ["person-1"], openings: [{ opens: "library" }] };

/** A coordinator with one worker of three places. */
function scene() {
  const coordinator = createFakeCoordinator();
  const w1 = coordinator.worker("w1", { capacity: 3 });
  /** The session of a player is connected in advance. */
  function connect(user: FakeUser) {
    const id = user.send("webrtc.preconnect", {});
    const { session_id } = w1.last("webrtc.preconnect").payload;
    const peer_id = `peer-${session_id}`;
    w1.send("webrtc.preconnect.response", { session_id, peer_id, sdp: "v=0" }, id);
    w1.send("session.media", { session_id, connected: true });
    w1.received();
    user.received();
    return { session_id, peer_id };
  }
  const stateOf = (id: string) =>
    coordinator.services.sessions.all().find(({ session_id }) => session_id === id)?.state.state;
  const free = () => coordinator.services.workers.choices()[0]!.free_places;
  return { ...coordinator, w1, connect, stateOf, free };
}

const codeOf = (user: FakeUser) => {
  const { payload } = user.last("webrtc.preconnect.response");
  return "error" in payload ? payload.error.code : undefined;
};

Deno.test("[PRE1] a connection in advance is relayed both ways, and takes no place", () => {
  const { user, w1, free, stateOf } = scene();
  const ana = user();
  const id = ana.send("webrtc.preconnect", {});
  const asked = w1.last("webrtc.preconnect");
  equal(asked.id, id);
  const { session_id } = asked.payload;
  const offer = { peer_id: "peer-1", sdp: "v=0" };
  w1.send("webrtc.preconnect.response", { session_id, ...offer }, id);
  deepEqual(ana.last("webrtc.preconnect.response").payload, offer);
  w1.received();
  ana.send("webrtc.answer", { peer_id: "peer-1", sdp: "v=0 answer" });
  ana.send("webrtc.candidate", { peer_id: "peer-1", candidate: "" });
  deepEqual(w1.types(), ["webrtc.answer", "webrtc.candidate"]);
  deepEqual([free(), stateOf(session_id)], [3, "preconnected"]);
});

Deno.test("[PRE1] it gives no right: every request but those of the connection is refused", () => {
  const { user, w1, connect } = scene();
  const ana = user();
  const { peer_id } = connect(ana);
  ana.send("app.start", init);
  ana.send("app.quit", {});
  ana.send("webrtc.restart", { peer_id });
  const codes = ana.received().map(({ payload }) => "error" in payload && payload.error?.code);
  deepEqual(codes, ["session.no_place", "session.no_place", "session.no_place"]);
  deepEqual(w1.types(), []);
});

Deno.test("[PRE4] a click gets its place on the connection, and is playing without another one", () => {
  const { user, w1, connect, stateOf, free } = scene();
  const ana = user();
  const { session_id, peer_id } = connect(ana);
  const id = ana.send("webrtc.init", { ...init, peer_id });
  ana.send("app.start", init);
  equal(w1.last("webrtc.init").payload.peer_id, peer_id);
  deepEqual(w1.types(), ["webrtc.init", "app.start"]);
  w1.send("webrtc.init.response", { session_id, peer_id }, id);
  w1.send("session.media", { session_id, connected: true });
  deepEqual(ana.received().map(({ id, type, payload }) => [id, type, payload]), [
    [id, "webrtc.init.response", { peer_id }],
  ]);
  deepEqual([stateOf(session_id), free()], ["playing", 2]);
});

Deno.test("[PRE4] the id of a connection that was not offered to the session reaches no worker", () => {
  const { user, w1, connect } = scene();
  const { peer_id } = connect(user());
  const ben = user();
  ben.send("webrtc.init", { ...init, peer_id });
  equal(w1.last("webrtc.init").payload.peer_id, undefined);
});

Deno.test("[PRE5] when the worker drops it the page gets a message, and may request another", () => {
  const { user, w1, connect, stateOf } = scene();
  const ana = user();
  const { session_id } = connect(ana);
  w1.send("session.media", { session_id, connected: false });
  deepEqual(ana.types(), ["webrtc.preconnect.ended"]);
  equal(stateOf(session_id), "browsing");
  ana.send("webrtc.preconnect", {});
  ok(w1.types().includes("webrtc.preconnect"));
});

Deno.test("[PRE6] a closed socket, another window and an end of the session end it at the worker", () => {
  const { user, w1, connect, services } = scene();
  const ends: ((user: FakeUser, token: string) => void)[] = [
    (ana) => ana.drop(),
    (_, resume) => user({ resume }).received(),
    (ana) => {
      const { session_id } = ana.last("session.ready").payload;
      services.sessions.end(services.sessions.find(session_id)!, "quit");
    },
  ];
  for (const end of ends) {
    const ana = user();
    const { resume_token } = ana.last("session.ready").payload;
    const { session_id } = connect(ana);
    end(ana, resume_token);
    deepEqual(w1.last("session.end").payload.session_id, session_id);
    w1.received();
  }
});

Deno.test("[PRE6] a right to start apps that ends, ends it", () => {
  const { user, w1, connect, services, stateOf } = scene();
  const { session_id } = connect(user({}, LIBRARY));
  const session = services.sessions.find(w1.last("webrtc.preconnect").payload.session_id)!;
  services.sessions.setPass(session, { ...NO_PASS, openings: [{ opens: "live" }] });
  equal(w1.last("session.end").payload.session_id, session_id);
  equal(stateOf(session_id), "browsing");
});

Deno.test("[PRE2] a link to one room, a full worker and a session that plays get none", () => {
  const { user, worker } = scene();
  const room = RoomId.parse("r1");
  const guest = user({}, { holders: [], openings: [{ opens: "room", room, role: "player" }] });
  guest.send("webrtc.preconnect", {});
  equal(codeOf(guest), "forbidden");
  const full = worker("w2", { capacity: 1, rooms: [roomOf("w2", "r2")] });
  const cem = user({ worker_id: "w2" });
  cem.send("webrtc.preconnect", {});
  equal(codeOf(cem), "room.no_capacity");
  const ana = user({ worker_id: "w1" });
  ana.send("webrtc.init", init);
  ana.send("webrtc.preconnect", {});
  equal(codeOf(ana), "conflict");
  ok(!full.types().includes("webrtc.preconnect"));
});

Deno.test("[PRE3] one network has few, and asks seldom", () => {
  const { clock, user, w1, connect } = scene();
  const players = Array.from({ length: NETWORK_LIMIT }, () => user());
  for (const player of players) connect(player);
  const late = user();
  late.send("webrtc.preconnect", {});
  equal(codeOf(late), "too_many");
  for (const player of players) player.drop();
  w1.received();
  for (let n = 0; n < 20; n++) {
    const page = user();
    page.send("webrtc.preconnect", {});
    page.drop();
  }
  const asked = () => w1.received().filter(({ type }) => type === "webrtc.preconnect").length;
  ok(asked() <= 6, "a network asked more often than its burst allows");
  clock.advance(2_000);
  late.send("webrtc.preconnect", {});
  equal(asked(), 1);
});

Deno.test("[PRE6] a session that is moved to another worker loses it", () => {
  const { user, w1, worker, connect } = scene();
  const ana = user();
  const { session_id } = connect(ana);
  worker("w2", { apps: [{ ...DUEL, app_id: AppId.parse("other") }] });
  ana.send("webrtc.init", { app_id: "other" });
  equal(ana.last("session.moved").payload.worker.worker_id, "w2");
  equal(w1.last("session.end").payload.session_id, session_id);
});
