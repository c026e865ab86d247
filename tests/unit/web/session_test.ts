import { deepEqual, equal, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../protocol/clock.ts";
import { refuse } from "../../../protocol/envelope.ts";
import { AppId, RoomId } from "../../../protocol/ids.ts";
import {
  FROZEN_AFTER,
  LOST_AFTER,
  OFFER_LIMIT,
  PEER_LIMIT,
  PLACE_RETRY,
  step,
  STUCK_AFTER,
  wantsPeer,
} from "../../../web/play/join/session.ts";
import type { SessionEvent, SessionState, Tick } from "../../../web/play/join/session_state.ts";

const target = { appId: AppId.parse("paddle-duel") };
const room = { ...target, roomId: RoomId.parse("room_1") };
const LACK = { zone: null, workers: 1 };
const fine: Tick = {
  type: "tick",
  ready: true,
  pictureAge: 0,
  receivedAge: 0,
  pictureDue: true,
  sleptMs: 0,
  delay: 1_000,
};

/** A session machine with a clock; `put` gives it an event. */
function setup() {
  let state: SessionState = { state: "lobby", init: 0 };
  let now = 0;
  const self = {
    get state() {
      return state;
    },
    /** The state, which must have this name. */
    in<N extends SessionState["state"]>(name: N) {
      if (state.state !== name) throw new Error(`Expected ${name}, found ${state.state}`);
      return state as Extract<SessionState, { state: N }>;
    },
    put(event: SessionEvent, after = 0) {
      now += after;
      state = step(state, event, now as Millis);
      return self;
    },
    tick(after: number, change: Partial<Tick> = {}) {
      return self.put({ ...fine, ...change }, after);
    },
    play() {
      return self.put({ type: "play", target, ready: true });
    },
    playing() {
      self.play().put({ type: "answered" }).put({ type: "up" });
      return self.put({ type: "started", target: room }).put({ type: "picture" });
    },
  };
  return self;
}

Deno.test("from a click to the picture: place, peer, first picture", () => {
  const session = setup();
  session.put({ type: "play", target, ready: false });
  session.in("connecting");
  session.put({ type: "ready" });
  equal(session.in("negotiating").step, "place");
  session.put({ type: "answered" });
  equal(session.in("negotiating").step, "peer");
  session.put({ type: "up" }).in("starting");
  session.put({ type: "picture" }).in("playing");
});

Deno.test("[PLY5] a socket that reconnects does not change a running game", () => {
  const session = setup().playing();
  const before = session.state;
  strictEqual(session.put({ type: "ready" }).state, before);
  strictEqual(session.tick(5_000, { ready: false }).state, before);
});

Deno.test("[PLY6] a connection that does not come up is negotiated once more, then the session ends", () => {
  const session = setup().play().put({ type: "answered" });
  const first = session.state.init;
  session.tick(PEER_LIMIT - 1);
  equal(session.state.init, first);
  session.tick(1);
  equal(session.state.init, first + 1);
  session.put({ type: "answered" }).tick(PEER_LIMIT);
  deepEqual(
    session.in("ended").reason,
    "not_connected",
  );
});

Deno.test("[PLY6] where the offer took long, finding a path may take longer, and so may the set-up over it", () => {
  const session = setup().play();
  session.tick(700).put({ type: "answered" });
  const { init } = session.state;
  session.tick(PEER_LIMIT + 3 * 700 - 1).put({ type: "path" });
  session.tick(PEER_LIMIT + 5 * 700 - 1).put({ type: "path" });
  equal(session.state.init, init);
  equal(session.in("negotiating").step, "handshake");
  session.tick(1);
  equal(session.state.init, init + 1);
});

Deno.test("[PLY6] an offer that took long because a game was opened keeps nobody without UDP from TCP for long", () => {
  const session = setup().play();
  session.tick(9_000).put({ type: "answered" });
  const { init } = session.state;
  session.tick(5_999);
  equal(session.state.init, init);
  session.tick(1);
  equal(session.state.init, init + 1);
  session.tick(9_000).put({ type: "answered" }).put({ type: "path" });
  session.tick(9_999).in("negotiating");
  session.tick(1);
  const ended = session.in("ended");
  deepEqual([ended.reason, ended.trouble], ["not_connected", { kind: "no_handshake" }]);
});

Deno.test("[PLY6] the limit for an offer is longer, and does not count while the socket is lost", () => {
  const session = setup().play();
  equal(session.tick(OFFER_LIMIT, { ready: false }).state.init, 1);
  equal(session.tick(0).state.init, 2);
});

Deno.test("[PLY7] after 3 s without messages the connection is lost, and the page negotiates for the same room", () => {
  const session = setup().playing();
  session.tick(250, { receivedAge: LOST_AFTER, pictureAge: LOST_AFTER });
  session.in("lost");
  session.tick(999, { receivedAge: 4_000, pictureAge: 4_000 });
  session.in("lost");
  session.tick(1);
  deepEqual(session.in("negotiating").target, room);
});

Deno.test("[PLY7] a picture that comes back ends the loss without another connection", () => {
  const session = setup().playing();
  const { init } = session.state;
  session.put({ type: "failed", trouble: { kind: "broken" }, delay: 1_000 });
  session.put({ type: "picture" });
  session.in("playing");
  equal(session.state.init, init);
});

Deno.test("[PLY7] after a loss the page tries without an end, also after a refusal that can pass", () => {
  const session = setup().playing().put({
    type: "failed",
    trouble: { kind: "broken" },
    delay: 1_000,
  });
  for (let round = 0; round < 5; round++) {
    session.tick(1_000);
    session.in("negotiating");
    const { error: refusal } = refuse("worker.unseen", "The worker is not connected");
    session.put({ type: "refused", refusal, delay: 1_000 });
    session.in("lost");
    // The refusal of the start, which was sent together with the request for a place.
    session.put({ type: "refused", refusal, delay: 1_000 });
    session.in("lost");
  }
  deepEqual(session.in("lost").failures, 6);
});

Deno.test("[PLY7] a lost connection without the socket is negotiated as soon as the socket is back", () => {
  const session = setup().playing().put({
    type: "failed",
    trouble: { kind: "broken" },
    delay: 1_000,
  });
  session.tick(5_000, { ready: false });
  session.in("lost");
  session.put({ type: "ready" }).in("negotiating");
});

Deno.test("[PLY8] a picture that stands still is shown as frozen after 1 s and negotiated anew after 10 s", () => {
  const session = setup().playing();
  session.tick(250, { pictureAge: FROZEN_AFTER - 1 });
  equal(session.in("playing").frozenSince, undefined);
  session.tick(250, { pictureAge: FROZEN_AFTER });
  equal(session.in("playing").frozenSince, 500 - FROZEN_AFTER);
  session.put({ type: "picture" });
  equal(session.in("playing").frozenSince, undefined);
  session.tick(250, { pictureAge: STUCK_AFTER });
  session.in("lost");
});

Deno.test("[PLY8] while no picture is due the picture is not frozen", () => {
  const session = setup().playing();
  const before = session.state;
  strictEqual(
    session.tick(60_000, { pictureDue: false, pictureAge: 60_000 }).state,
    before,
  );
  session.tick(1, { pictureDue: false, receivedAge: LOST_AFTER });
  session.in("lost");
});

Deno.test("[PLY9] a page with a position in the line asks no more, and takes the offer when it comes", () => {
  const session = setup().play();
  session.put({ type: "no_capacity", lack: { ...LACK, position: 3 } }, 3_000);
  const asked = session.state.init;
  session.tick(60_000);
  session.put({ type: "no_capacity", lack: { ...LACK, position: 1 } });
  session.tick(60_000);
  equal(session.state.init, asked);
  equal(session.in("no_capacity").lack.position, 1);
  session.put({ type: "answered" });
  session.in("negotiating");
});

Deno.test("[PLY9] without a free place the page requests one again and counts from the first request", () => {
  const session = setup().play();
  session.put({ type: "no_capacity", lack: LACK }, 3_000);
  session.in("no_capacity");
  const asked = session.state.init;
  session.tick(PLACE_RETRY);
  equal(session.state.init, asked + 1);
  session.in("no_capacity");
  session.tick(PLACE_RETRY);
  equal(session.state.init, asked + 1, "one ask at a time");
  session.put({ type: "answered" });
  equal(session.in("negotiating").asked, 0);
});

Deno.test("[SES9] an end stays until the person acts, and a retry starts the app in a new room", () => {
  const session = setup().playing();
  session.put({ type: "ended", reason: "crashed" });
  const ended = session.state;
  const { error: refusal } = refuse("internal", "late");
  strictEqual(session.put({ type: "refused", refusal, delay: 0 }).state, ended);
  strictEqual(session.put({ type: "ready" }).state, ended);
  session.put({ type: "retry", ready: true });
  deepEqual(session.in("negotiating").target, target);
});

Deno.test("[SES9] a room that is lost while the page is away ends the session with a way to continue", () => {
  const refused = {
    type: "refused",
    refusal: refuse("room.unknown", "This room is not open any more").error,
    delay: 1_000,
  } as const;
  const silence = { receivedAge: LOST_AFTER, pictureAge: LOST_AFTER };
  const ways = {
    "the connection was lost": () => setup().playing().tick(250, silence).tick(1_000),
    "the coordinator moved the session": () => setup().playing().put({ type: "moved" }),
    "no place was free on the way back": () =>
      setup().playing().tick(250, silence).tick(1_000).put({ type: "no_capacity", lack: LACK }),
    "the person pressed before the socket was back": () =>
      setup().playing().tick(250, silence).put({ type: "retry", ready: false })
        .put({ type: "ready" }),
  };
  for (const [way, start] of Object.entries(ways)) {
    const ended = start().put(refused).in("ended");
    deepEqual(ended.trouble, { kind: "room_gone" }, way);
    deepEqual(ended.target, { ...target, continueFrom: room.roomId }, way);
  }
});

Deno.test("[SES9] a link to a room that is not open is refused", () => {
  const session = setup().put({ type: "play", target: { roomId: room.roomId }, ready: true });
  const { error: refusal } = refuse("room.unknown", "This room is not open");
  session.put({ type: "refused", refusal, delay: 1_000 }).in("refused");
});

Deno.test("[SES12] a session that moved negotiates again", () => {
  const session = setup().play().put({ type: "moved" });
  equal(session.state.init, 2);
});

Deno.test("leaving is possible from every state, and nothing follows it", () => {
  const event: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc.constantFrom<SessionEvent>(
      { type: "play", target, ready: true },
      { type: "play", target: room, ready: false },
      { type: "ready" },
      { type: "answered" },
      { type: "up" },
      { type: "picture" },
      { type: "moved" },
      { type: "failed", trouble: { kind: "broken" }, delay: 500 },
      { type: "refused", refusal: refuse("worker.unseen", "m").error, delay: 500 },
      { type: "refused", refusal: refuse("app.unknown", "m").error, delay: 500 },
      { type: "no_capacity", lack: LACK },
      { type: "ended", reason: "operator" },
      { type: "retry", ready: false },
      { type: "retry", ready: true },
      { type: "continue", ready: true },
    ),
    fc.record({
      type: fc.constant("tick" as const),
      ready: fc.boolean(),
      pictureAge: fc.nat(12_000),
      receivedAge: fc.nat(12_000),
      pictureDue: fc.boolean(),
      sleptMs: fc.nat(60_000),
      delay: fc.constant(700),
    }),
  );
  fc.assert(fc.property(fc.array(fc.tuple(event, fc.nat(4_000)), { maxLength: 80 }), (events) => {
    const session = setup();
    let init = 0;
    for (const [each, wait] of events) {
      const before = session.state;
      session.put(each, wait);
      equal(session.state.init >= init && session.state.init <= init + 1, true, "one ask a step");
      if (session.state.init > init) equal(wantsPeer(session.state), true, "an ask wants a peer");
      if (before.state === "lobby" && each.type !== "play") strictEqual(session.state, before);
      init = session.state.init;
    }
    session.put({ type: "leave" }).in("lobby");
  }));
});
