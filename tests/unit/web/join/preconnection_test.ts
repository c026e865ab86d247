import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Millis } from "../../../../protocol/clock.ts";
import { AppId, PeerId, SessionId } from "../../../../protocol/ids.ts";
import {
  type FromUser,
  fromUser,
  type ToUser,
  toUser,
} from "../../../../protocol/legs/user_leg.ts";
import { refuse } from "../../../../protocol/envelope.ts";
import { Connection, type Ready } from "../../../../web/play/join/connection.ts";
import { Game } from "../../../../web/play/join/game.ts";
import { HIDDEN_LIMIT, Preconnection } from "../../../../web/play/join/preconnection.ts";
import {
  NONE,
  type PreconnectionEvent,
  type PreconnectionState,
  step,
} from "../../../../web/play/join/preconnection_state.ts";
import { createFakePeers } from "../../../fakes/browser_peer.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { createFakeDial } from "../../../fakes/dial.ts";
import { SeededRandom } from "../../../fakes/random.ts";
import { fakeRoom, fakeWorkers, LIBRARY, SESSION } from "../../../support/fake_library.ts";

const appId = AppId.parse("paddle-duel");
const early = PeerId.parse("peer_early");

/** A page in the lobby whose worker has so many free places. */
function setup({ places = 3 } = {}) {
  const clock = new FakeClock();
  const random = new SeededRandom();
  const { dial, wires } = createFakeDial();
  const { createPeer, peers } = createFakePeers();
  const connection = new Connection({
    clock,
    random,
    dial,
    ping: () => Promise.resolve(),
    address: (query) => JSON.stringify(query),
    tokens: { take: () => undefined, keep: () => {} },
    roomId: undefined,
    listener(message) {
      preconnection.receive(message);
      game.receive(message);
    },
  });
  const preconnection = new Preconnection(connection, { clock, random, createPeer });
  const game = new Game(connection, { clock, random, createPeer, preconnection });
  const sent = () =>
    wires.at(-1)!.sent.flatMap((text) => {
      const decoded = fromUser.decode(text);
      return decoded.ok ? [decoded.message] : [];
    });
  const types = () => sent().map(({ type }) => type);
  const find = <T extends FromUser["type"]>(type: T) =>
    sent().findLast((message) => message.type === type) as Extract<FromUser, { type: T }>;
  function send<T extends ToUser["type"]>(
    type: T,
    payload: Extract<ToUser, { type: T }>["payload"],
    id = "x",
  ) {
    wires.at(-1)!.far.text(toUser.encode({ id, type, payload } as ToUser));
  }
  const ready: Ready = {
    session_id: SessionId.parse(SESSION),
    resume_token: "secret-1",
    worker: { ...fakeWorkers("http://ping")[0]!, free_places: places },
    ice_servers: [],
    apps: [...LIBRARY],
    room: null,
    resumed: false,
  };
  function welcome(): void {
    wires.at(-1)!.far.opened();
    send("session.ready", ready);
  }
  /** The worker offers a connection in advance, and the page is connected. */
  async function connect(): Promise<void> {
    const { id } = find("webrtc.preconnect");
    send("webrtc.preconnect.response", { peer_id: early, sdp: "early offer" }, id);
    await clock.run(0);
    peers.at(-1)!.listener.up();
  }
  /** From the opened lobby to the connection. */
  async function lobby(): Promise<void> {
    preconnection.setLobby({ shown: true });
    welcome();
    await connect();
  }
  const state = (): string => game.state.value.state;
  const track = (kind: string) => ({ kind }) as MediaStreamTrack;
  return {
    ...{ clock, connection, preconnection, game, peers, wires, track },
    ...{ types, find, send, welcome, connect, lobby, state },
  };
}

Deno.test("[PRE7] a lobby requests a connection as soon as its library is there", async () => {
  const { preconnection, welcome, types, connect, find } = setup();
  preconnection.setLobby({ shown: true });
  welcome();
  deepEqual(types(), ["webrtc.preconnect"]);
  await connect();
  deepEqual(types(), ["webrtc.preconnect", "webrtc.answer"]);
  equal(find("webrtc.answer").payload.peer_id, early);
});

Deno.test("[PRE7] a page that shows something else requests none", async () => {
  const { clock, welcome, types } = setup();
  welcome();
  await clock.run(5_000);
  deepEqual(types(), []);
});

Deno.test("[PRE7] where the worker is short of places, the first movement requests it", () => {
  const { preconnection, welcome, types } = setup({ places: 1 });
  preconnection.setLobby({ shown: true });
  welcome();
  deepEqual(types(), []);
  preconnection.moved();
  deepEqual(types(), ["webrtc.preconnect"]);
});

Deno.test("[PRE4] a game plays on the connection of the lobby", async () => {
  const { clock, game, preconnection, peers, lobby, types, find, send, track, state } = setup();
  await lobby();
  peers[0]!.listener.track(track("video"));
  preconnection.setLobby({ shown: false });
  game.play({ appId });
  deepEqual(types().slice(2), ["webrtc.init", "app.start"]);
  deepEqual(find("webrtc.init").payload, { app_id: appId, peer_id: early });
  deepEqual(game.tracks.value.map(({ kind }) => kind), ["video"]);
  equal(state(), "negotiating");
  send("webrtc.init.response", { peer_id: early }, find("webrtc.init").id);
  equal(state(), "starting");
  send("app.start.response", { room: fakeRoom(), seat: 0 }, find("app.start").id);
  await clock.run(5_000);
  game.pictureShown();
  equal(state(), "playing");
  deepEqual(peers.map(({ closed }) => closed), [false]);
});

Deno.test("[PRE4] a connection that is not up, or is silent, is not used", async () => {
  for (const isUp of [false, true]) {
    const { clock, game, preconnection, peers, welcome, find, send } = setup();
    preconnection.setLobby({ shown: true });
    welcome();
    const { id } = find("webrtc.preconnect");
    send("webrtc.preconnect.response", { peer_id: early, sdp: "early offer" }, id);
    await clock.run(0);
    if (isUp) peers[0]!.listener.up();
    await clock.run(3_000);
    game.play({ appId });
    equal(find("webrtc.init").payload.peer_id, undefined);
    deepEqual(peers.map(({ closed }) => closed), [true, false]);
  }
});

Deno.test("[PRE4] an offer in place of the answer is answered on a connection of its own", async () => {
  const { clock, game, peers, lobby, find, send } = setup();
  await lobby();
  game.play({ appId });
  send("webrtc.offer", { peer_id: PeerId.parse("peer_2"), sdp: "offer" });
  await clock.run(0);
  deepEqual(peers.map(({ closed, offers }) => [closed, offers]), [
    [true, ["early offer"]],
    [false, ["offer"]],
  ]);
  equal(find("webrtc.answer").payload.peer_id, "peer_2");
});

Deno.test("[PRE7] after an end it is requested again a second later, and later each time", async () => {
  const { clock, peers, lobby, types, find, send } = setup();
  const asked = () => types().filter((type) => type === "webrtc.preconnect").length;
  await lobby();
  send("webrtc.preconnect.ended", {});
  equal(peers[0]!.closed, true);
  await clock.run(900);
  equal(asked(), 1);
  await clock.run(1_000);
  equal(asked(), 2);
  send(
    "webrtc.preconnect.response",
    refuse("too_many", "Cannot connect in advance"),
    find("webrtc.preconnect").id,
  );
  await clock.run(1_900);
  equal(asked(), 2);
  await clock.run(1_500);
  equal(asked(), 3);
});

Deno.test("[PRE7] a page that is hidden for a minute hangs up, and connects when it is seen again", async () => {
  const { clock, preconnection, peers, lobby, types } = setup();
  await lobby();
  preconnection.setVisible({ visible: false });
  await clock.run(HIDDEN_LIMIT - 1_000);
  equal(peers[0]!.closed, false);
  await clock.run(2_000);
  equal(peers[0]!.closed, true);
  preconnection.setVisible({ visible: true });
  equal(types().at(-1), "webrtc.preconnect");
});

Deno.test("[PRE6] a new session of the page has a connection of its own", async () => {
  const { clock, peers, wires, lobby, welcome, types } = setup();
  await lobby();
  wires.at(-1)!.far.closed(1001);
  await clock.run(1_300);
  welcome();
  equal(peers[0]!.closed, true);
  deepEqual(types(), ["webrtc.preconnect"]);
});

const event: fc.Arbitrary<PreconnectionEvent> = fc.oneof(
  fc.boolean().map((wanted) => ({ type: "look" as const, wanted })),
  fc.nat(40_000).map((delay) => ({ type: "lost" as const, delay })),
  fc.constantFrom<PreconnectionEvent>({ type: "offered" }, { type: "up" }, { type: "cleared" }),
);

Deno.test("[PRE7] whatever happens, an unwanted connection is not held, and a refused one not asked for early", () => {
  fc.assert(fc.property(fc.array(fc.tuple(event, fc.nat(40_000)), { maxLength: 40 }), (events) => {
    let state: PreconnectionState = NONE;
    let now = 0;
    for (const [each, pause] of events) {
      now += pause;
      const before = state;
      state = step(state, each, now as Millis);
      if (each.type === "look" && !each.wanted) equal(state.state, "none");
      if (before.state === "none" && state.state === "asked") equal(now >= before.retryAt, true);
      if (state.state === "held") equal(["asked", "held"].includes(before.state), true);
    }
  }));
});
