import { refuse } from "../../../protocol/envelope.ts";
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { CLOSE } from "../../../protocol/close.ts";
import { compactCodec } from "../../../protocol/control/control_compact.ts";
import { decodeIntent } from "../../../protocol/room_state/wire.ts";
import { AppId, PeerId, RoomId } from "../../../protocol/ids.ts";
import { Room } from "../../../protocol/legs/room.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../../protocol/legs/user_leg.ts";
import { Connection, type Ready } from "../../../web/play/join/connection.ts";
import { Game } from "../../../web/play/join/game.ts";
import { AT_REST } from "../../../web/play/input/pad.ts";
import { createFakePeers } from "../../fakes/browser_peer.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { createFakeDial } from "../../fakes/dial.ts";
import { SeededRandom } from "../../fakes/random.ts";
import { fakeRoom, fakeWorkers, LIBRARY, ROOM, SESSION } from "../../support/fake_library.ts";
import { SessionId } from "../../../protocol/ids.ts";

const appId = AppId.parse("paddle-duel");
const peer_id = PeerId.parse("peer_1");

function setup({ roomId, token }: { roomId?: string; token?: string } = {}) {
  const clock = new FakeClock();
  const { dial, wires } = createFakeDial();
  const { createPeer, peers } = createFakePeers();
  const kept: (string | undefined)[] = [];
  const connection = new Connection({
    clock,
    random: new SeededRandom(),
    dial,
    ping: () => Promise.resolve(),
    address: (query) => JSON.stringify(query),
    tokens: { take: () => token, keep: (each) => void kept.push(each) },
    roomId: roomId === undefined ? undefined : RoomId.parse(roomId),
    listener: (message) => game.receive(message),
  });
  const game = new Game(connection, { clock, random: new SeededRandom(), createPeer });
  const wire = () => wires.at(-1)!;
  const sent = () =>
    wire().sent.flatMap((text) => {
      const decoded = fromUser.decode(text);
      return decoded.ok ? [decoded.message] : [];
    });
  const self = {
    clock,
    connection,
    game,
    kept,
    peers,
    wires,
    wire,
    types: () => sent().map(({ type }) => type),
    find: <T extends FromUser["type"]>(type: T) =>
      sent().findLast((message) => message.type === type) as Extract<FromUser, { type: T }>,
    send<T extends ToUser["type"]>(
      type: T,
      payload: Extract<ToUser, { type: T }>["payload"],
      id = "x",
    ) {
      wire().far.text(toUser.encode({ id, type, payload } as ToUser));
    },
    welcome(change: Partial<Ready> = {}) {
      wire().far.opened();
      self.send("session.ready", { ...READY, ...change });
    },
    /** From the press to the first picture. */
    async play() {
      self.welcome();
      game.play({ appId });
      self.send("webrtc.offer", { peer_id, sdp: "offer" });
      await clock.run(0);
      peers.at(-1)!.listener.up();
      self.send("app.start.response", { room: fakeRoom(), seat: 0 }, self.find("app.start").id);
      await clock.run(0);
      game.pictureShown();
    },
  };
  return self;
}

const READY: Ready = {
  session_id: SessionId.parse(SESSION),
  resume_token: "secret-1",
  worker: fakeWorkers("http://ping")[0]!,
  ice_servers: [],
  apps: [...LIBRARY],
  room: null,
  resumed: false,
};

Deno.test("[SIG1] playing requests a place and the start at once, and answers the worker's offer", async () => {
  const { game, types, peers, find, play } = setup();
  await play();
  deepEqual(types(), ["webrtc.init", "app.start", "webrtc.answer"]);
  equal(find("webrtc.answer").payload.sdp, "answer to offer");
  deepEqual(peers[0]?.offers, ["offer"]);
  equal(game.state.value.state, "playing");
  equal(game.room.value?.room_id, ROOM);
});

Deno.test("[SIG3] candidates go both ways with the peer they belong to; another peer's is dropped", async () => {
  const { peers, send, find, play } = setup();
  await play();
  send("webrtc.candidate", { peer_id, candidate: "worker's" });
  send("webrtc.candidate", { peer_id: PeerId.parse("peer_0"), candidate: "stale" });
  deepEqual(peers[0]?.candidates, ["worker's"]);
  peers[0]?.listener.candidate({ candidate: "", sdp_mid: null, sdp_m_line_index: null });
  deepEqual(find("webrtc.candidate").payload, {
    peer_id,
    candidate: "",
    sdp_mid: null,
    sdp_m_line_index: null,
  });
});

Deno.test("[PRE4] a game that began with the click goes on when its screen begins it again", () => {
  const { game, types, welcome } = setup();
  welcome();
  game.play({ appId });
  game.play({ appId });
  deepEqual(types(), ["webrtc.init", "app.start"]);
  game.leave();
  welcome();
  game.play({ appId });
  deepEqual(types(), ["webrtc.init", "app.start"]);
});

Deno.test("a request before session.ready is sent after it", () => {
  const { game, types, welcome } = setup();
  game.play({ appId });
  equal(game.state.value.state, "connecting");
  welcome();
  deepEqual(types(), ["webrtc.init", "app.start"]);
});

Deno.test("[PLY5] a lost socket that reconnects does not change the peer connection", async () => {
  const { clock, game, peers, wires, wire, send, play } = setup();
  await play();
  wire().far.closed(CLOSE.goingAway);
  await clock.run(1_300);
  equal(wires.length, 2);
  wire().far.opened();
  match(wire().url, /"resume":"secret-1"/);
  send("session.ready", { ...READY, resumed: true, room: fakeRoom() });
  game.pictureShown();
  equal(game.state.value.state, "playing");
  equal(peers.length, 1);
  equal(peers[0]?.closed, false);
  deepEqual(wire().sent, []);
});

Deno.test("[SIG7] a lost peer is replaced for the same room, and the old one is closed", async () => {
  const { clock, game, peers, find, play } = setup();
  await play();
  peers[0]?.listener.failed();
  equal(game.state.value.state, "lost");
  equal(peers[0]?.closed, false, "it may still come back");
  await clock.run(1_500);
  equal(peers.length, 2);
  equal(peers[0]?.closed, true);
  deepEqual(find("webrtc.init").payload, { app_id: appId, room_id: ROOM });
});

Deno.test("[PLY7] without messages the connection is lost; a message on any channel keeps it", async () => {
  const { clock, game, peers, play } = setup();
  await play();
  game.setVisible({ visible: false });
  await clock.run(2_000);
  const timestamp = 1;
  const payload = { encode_ms: 2 };
  peers[0]?.listener.message(
    "state",
    compactCodec.encode({ type: "Telemetry", timestamp, payload }),
  );
  deepEqual(game.figures.readings.value, payload);
  await clock.run(2_000);
  equal(game.state.value.state, "playing");
  await clock.run(1_500);
  equal(game.state.value.state, "lost");
});

Deno.test("the page reports a browser without a local address, and not while it is connected", async () => {
  const { clock, game, send, welcome, play } = setup();
  await play();
  await clock.run(2_900);
  equal<string>(game.state.value.state, "playing");
  game.leave();
  welcome();
  game.play({ appId });
  for (let round = 0; round < 2; round++) {
    send("webrtc.offer", { peer_id, sdp: "offer" });
    await clock.run(2_600);
  }
  const { value } = game.state;
  equal(value.state === "ended" ? value.trouble?.kind : value.state, "no_network");
});

Deno.test("[RCH2] a browser that finds no address at all is not waited for", async () => {
  const { clock, game, send, welcome, peers } = setup();
  welcome();
  game.play({ appId });
  for (let round = 0; round < 2; round++) {
    send("webrtc.offer", { peer_id, sdp: "offer" });
    await clock.run(0);
    peers.at(-1)!.listener.candidate({ candidate: "" });
  }
  const { value } = game.state;
  equal(value.state === "ended" ? value.trouble?.kind : value.state, "no_network");
});

Deno.test("[PAD8] the pad is sent only while a game plays", async () => {
  const { game, peers, play } = setup();
  game.pad.set("keyboard", { ...AT_REST, buttons: 1 });
  await play();
  const pads = () =>
    peers[0]!.sent.filter(({ channel }) => channel === "state").map(({ bytes }) => {
      const control = decodeIntent(bytes)?.control;
      return control && "buttons" in control ? control.buttons : undefined;
    });
  deepEqual(pads(), [0, 1]);
  game.setVisible({ visible: false });
  equal(pads().at(-1), 0);
});

Deno.test("[SES7] leaving frees the place and begins a new session", async () => {
  const { game, connection, kept, wires, peers, play } = setup();
  await play();
  game.leave();
  const [first, second] = wires;
  ok(first?.sent.some((text) => text.includes("app.quit")));
  equal(first?.closed, true);
  equal(second?.url, "{}");
  equal(kept.at(-1), undefined);
  equal(peers[0]?.closed, true);
  equal(game.state.value.state, "lobby");
  equal(game.room.value, undefined);
  equal(connection.online.value, false);
});

Deno.test("[SES2] a reload resumes the room it played in", () => {
  const { game, wire, find, welcome } = setup({ token: "before" });
  match(wire().url, /"resume":"before"/);
  game.play({ appId });
  welcome({ resumed: true, room: fakeRoom() });
  deepEqual(find("webrtc.init").payload, { app_id: appId, room_id: ROOM });
  equal(find("app.start").payload.app_id, appId);
  equal(game.room.value?.room_id, ROOM);
});

Deno.test("a share link joins its room, or is refused when the room is not open any more", () => {
  const open = setup({ roomId: ROOM });
  match(open.wire().url, /"room_id":"room_fake"/);
  open.game.play({ roomId: RoomId.parse(ROOM) });
  open.welcome({ room: fakeRoom() });
  deepEqual(open.find("webrtc.init").payload, { app_id: appId, room_id: ROOM });
  const gone = setup({ roomId: ROOM });
  gone.game.play({ roomId: RoomId.parse(ROOM) });
  gone.welcome();
  const { id, payload } = gone.find("webrtc.init");
  deepEqual(payload, { room_id: ROOM });
  gone.send("webrtc.init.response", refuse("room.unknown", "It is not open"), id);
  const { state } = gone.game;
  equal(state.value.state === "refused" && state.value.refusal.code, "room.unknown");
});

Deno.test("[SES8] without a free place the page requests one again", async () => {
  const { clock, game, send, types, welcome } = setup();
  welcome();
  game.play({ appId });
  send("session.no_capacity", { zone: null, workers: 1, waited_ms: 3_000 });
  equal(game.state.value.state, "no_capacity");
  await clock.run(1_300);
  equal(types().filter((type) => type === "webrtc.init").length, 2);
  send("webrtc.offer", { peer_id, sdp: "offer" });
  await clock.run(0);
  equal(game.state.value.state, "negotiating");
});

Deno.test("[SES9] an end closes the peer connection; playing again uses a new session", async () => {
  const { game, peers, wires, send, play, welcome, find } = setup();
  await play();
  send("session.ended", { reason: "crashed" });
  equal(game.state.value.state, "ended");
  equal(peers[0]?.closed, true);
  game.retry();
  equal(wires.length, 2);
  welcome();
  deepEqual(find("webrtc.init").payload, { app_id: appId });
});

Deno.test("[PLY6] a retry requests the same room, or a new one when the room is gone", async () => {
  const { clock, game, send, wire, welcome, find, play } = setup();
  await play();
  send("webrtc.init.response", { error: { code: "peer.unknown", message: "Too late." } });
  game.retry();
  match(wire().url, new RegExp(`"room_id":"${ROOM}"`));
  welcome({ room: fakeRoom() });
  deepEqual(find("webrtc.init").payload, { app_id: appId, room_id: ROOM });
  send("webrtc.init.response", { error: { code: "peer.unknown", message: "Too late." } });
  game.retry();
  welcome({ room: null });
  deepEqual(find("webrtc.init").payload, { app_id: appId });
  await clock.run(0);
});

Deno.test("[SES11] a session that another window took over is not resumed", async () => {
  const { clock, game, wire, wires, play } = setup();
  await play();
  wire().far.closed(CLOSE.replaced);
  await clock.run(60_000);
  const { value } = game.state;
  equal(value.state === "refused" && value.refusal.code, "link.replaced");
  equal(wires.length, 1);
});

Deno.test("a refused start shows its reason, and a late answer to an old start changes nothing", async () => {
  const { clock, game, send, find, welcome, play } = setup();
  await play();
  const old = find("app.start").id;
  game.leave();
  welcome();
  game.play({ appId });
  const { error } = refuse("app.unavailable", "No core is installed.");
  send("app.start.response", { error }, old);
  equal<string>(game.state.value.state, "negotiating");
  const { id } = find("app.start");
  notEqual(id, old);
  send("app.start.response", { error }, id);
  await clock.run(0);
  const { value } = game.state;
  equal(value.state === "refused" && value.refusal.code, "app.unavailable");
});

Deno.test("a change of the present room is shown, one of another room is not", async () => {
  const { game, send, play } = setup();
  await play();
  send("room.changed", { room: fakeRoom({ paused: true }) });
  equal(game.room.value?.paused, true);
  send("room.changed", { room: Room.parse(fakeRoom({ room_id: "room_other", paused: false })) });
  equal(game.room.value?.paused, true);
});

Deno.test("[PLY8] a paused room is not frozen without pictures", async () => {
  const { clock, game, peers, send, play } = setup();
  await play();
  send("room.changed", { room: fakeRoom({ paused: true }) });
  for (let i = 0; i < 30; i++) {
    await clock.run(1_000);
    peers[0]?.listener.message("state", new Uint8Array());
  }
  equal(game.state.value.state, "playing");
  equal(peers.length, 1);
});

Deno.test("disposing game and connection leaves nothing behind", async () => {
  const { clock, connection, game, play } = setup();
  await play();
  game[Symbol.dispose]();
  connection[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[SES17] Continue requests the room by its id for the place and for the start, and Play again does not", () => {
  const { game, welcome, find, send } = setup();
  welcome();
  const room = RoomId.parse(ROOM);
  game.play({ appId, continueFrom: room });
  const payload = { app_id: appId, continue_from: room };
  deepEqual(find("webrtc.init").payload, payload);
  deepEqual(find("app.start").payload, payload);
  send("session.ended", { reason: "place_needed" });
  game.retry();
  welcome();
  deepEqual(find("webrtc.init").payload, { app_id: appId });
});
