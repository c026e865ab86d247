import { deepEqual, equal, match, ok } from "node:assert/strict";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { decodeBounce, encodeBounce } from "../../../../protocol/control/clock_sync.ts";
import { VIEWER_SILENCE } from "../../../../protocol/control/control.ts";
import { NEUTRAL_PAD } from "../../../../protocol/control/pad.ts";
import { AppId, PeerId, RoomId, SessionId } from "../../../../protocol/ids.ts";
import type { Room as RoomSummary } from "../../../../protocol/legs/room.ts";
import { UNWATCHED } from "../../../../worker/room/silence.ts";
import { FakePeer } from "../../../fakes/peer.ts";
import { FAKE_INFO } from "../../../fakes/source_handle.ts";

import { ana, app, ben, openRoomScene as setup, spec } from "../../../support/media/room_scene.ts";

function press(peer: FakePeer, seq: number, buttons: number): void {
  const payload = { ...NEUTRAL_PAD, seq, buttons };
  peer.listener.message(
    "state",
    compactCodec.encode({ type: "Control", timestamp: seq, payload }),
  );
}

type Received = ReturnType<typeof setup>["received"];
const endOf = (arrived: Received) =>
  (arrived("room.closed")[0]!.payload as { reason: string }).reason;
const frame = (keyframe: boolean) =>
  ({ codec: "h264", data: new Uint8Array(4), keyframe, timestamp: 1, capturedAt: 0 }) as const;

Deno.test("[ROM1] the first session starts the app, gets the first seat and the room's summary", () => {
  const { start, received } = setup();
  start(ana);
  const [started] = received("app.start.response");
  equal(started?.id, "start ana");
  ok(started?.type === "app.start.response" && "seat" in started.payload);
  equal(started.payload.seat, 0);
  deepEqual(started.payload.room.seats, [
    { seat: 0, session_id: "ana", connected: false },
    { seat: 1, connected: false },
  ]);
});

Deno.test("[PAS6] a session that may only watch gets no seat, and takes none", async () => {
  const { start, connect, ask, received } = setup();
  start(ana);
  await connect(ben);
  start(ben, "watcher");
  const answer = received("app.start.response").at(-1)!.payload as { seat: unknown };
  equal(answer.seat, null);
  equal(await ask(ben, "seat.take", { seat: 1 }), "role.watcher");
  equal(await ask(ben, "app.pause", { paused: true }), "role.watcher");
});

Deno.test("[PAS11] a preview is not counted as a viewer, also after it connected again", async () => {
  const { start, admit, connect, room, received, send } = setup();
  start(ana);
  await connect(ana);
  admit(ben, "watcher", { preview: true });
  await connect(ben);
  await connect(ben);
  deepEqual(room.media.watching, { viewers: 1, previews: 1 });
  const { room: summary } = received("room.changed").at(-1)!.payload as { room: RoomSummary };
  deepEqual([summary.viewers, summary.previews], [1, 1]);
  send("session.end", { session_id: ben, reason: "left" });
  deepEqual(room.media.watching, { viewers: 1 });
});

Deno.test("[PAS6] a player who may only watch from now on loses the seat at once", () => {
  const { start, admit, received } = setup();
  start(ana);
  start(ben);
  admit(ben, "watcher");
  const { room } = received("room.changed").at(-1)!.payload as { room: RoomSummary };
  deepEqual(room.seats.map(({ session_id }) => session_id), ["ana", undefined]);
});

Deno.test("[ROM2] a session that starts the running app joins the room, the third as a watcher", () => {
  const { start, received, sources } = setup();
  for (const session of [ana, ben, SessionId.parse("cem")]) start(session);
  const seats = received("app.start.response").map((m) => "seat" in m.payload && m.payload.seat);
  deepEqual(seats, [0, 1, null]);
  equal(sources.length, 1);
});

Deno.test("[ROM2] another app cannot be started in a room that runs one", () => {
  const { start, room, received } = setup();
  start(ana);
  const other = { ...app, app_id: AppId.parse("other"), title: "Other" };
  room.start({ id: "x", session: ben, app: other, spec });
  deepEqual(received("app.start.response").at(-1)?.payload, {
    session_id: "ben",
    error: {
      code: "room.busy",
      message: "Cannot start it in this room: Duel is running here",
      detail: { title: "Duel" },
    },
  });
});

Deno.test("[ROM4] a session that leaves while the app is being opened takes no seat", () => {
  const { room, send, sources, received } = setup();
  room.start({ id: "a", session: ana, app, spec });
  room.start({ id: "b", session: ben, app, spec });
  send("session.end", { session_id: ana, reason: "left" });
  sources[0]!.options.listener.opened(FAKE_INFO);
  const started = received("app.start.response").map(({ id }) => id);
  deepEqual(started, ["b"]);
  const [opened] = received("room.opened");
  ok(opened?.type === "room.opened");
  deepEqual(opened.payload.room.seats.map(({ session_id }) => session_id), ["ben", undefined]);
});

Deno.test("[ROM3] an app that cannot be started is refused with the reason, and the room can start another", () => {
  const { room, sources, received, start } = setup();
  room.start({ id: "a", session: ana, app, spec });
  sources[0]!.options.listener.failed("Cannot read the ROM: it is empty");
  deepEqual(received("app.start.response")[0]?.payload, {
    session_id: "ana",
    error: {
      code: "app.failed",
      message: "Cannot read the ROM: it is empty",
      detail: { cause: "Cannot read the ROM: it is empty" },
    },
  });
  start(ana);
  equal(received("room.opened").length, 1);
});

Deno.test("[SIG4] pictures go to connected viewers of their codec, from the connection on", async () => {
  const { connect, start } = setup();
  const source = start(ana);
  source.options.listener.frame(frame(true));
  const peer = await connect(ana);
  source.options.listener.frame(frame(true));
  equal(peer.video.length, 1);
});

Deno.test("[SIG5] a keyframe is requested for a viewer that connects or lost the picture", async () => {
  const { connect, start } = setup();
  const source = start(ana);
  const before = source.control.main.keyframeRequests;
  const peer = await connect(ana);
  ok(source.control.main.keyframeRequests > before);
  const connected = source.control.main.keyframeRequests;
  peer.listener.keyframeRequested();
  equal(source.control.main.keyframeRequests, connected + 1);
});

Deno.test("[SIG6] an answer or candidate for a connection that is not open is refused", async () => {
  const { send, received, clock } = setup();
  const peer_id = PeerId.parse("peer_nobody");
  send("webrtc.answer", { session_id: ana, peer_id, sdp: "answer" });
  send("webrtc.candidate", { session_id: ana, peer_id, candidate: "x" });
  await clock.run(0);
  for (const type of ["webrtc.answer.response", "webrtc.candidate.response"] as const) {
    const payload = received(type)[0]!.payload as { error: { message: string } };
    match(payload.error.message, /is not this session's open connection$/);
  }
});

Deno.test("[SIG10] a restart offers a new path for the session's connection, with the ICE servers of the request", async () => {
  const { connect, send, received, clock, peers } = setup();
  await connect(ana);
  const offer = received("webrtc.offer")[0]!.payload as { peer_id: PeerId };
  const { peer_id } = offer;
  const ice_servers = [{ urls: ["turn:t"], username: "later" }];
  send("webrtc.restart", { session_id: ana, peer_id, ice_servers });
  send("webrtc.restart", { session_id: ben, peer_id, ice_servers });
  await clock.run(0);
  const [offered, refused] = received("webrtc.restart.response");
  deepEqual(offered!.payload, { session_id: ana, peer_id, sdp: "v=0 restart", ice_servers });
  const { error } = refused!.payload as { error: { code: string } };
  equal(error.code, "webrtc.refused");
  equal(peers[0]!.disposed, false);
});

Deno.test("[SIG7] a second init replaces the session's connection", async () => {
  const { connect, peers } = setup();
  await connect(ana);
  await connect(ana);
  deepEqual(peers.map(({ disposed }) => disposed), [true, false]);
});

Deno.test("[PAD1] a seated player's pad reaches the source, a watcher's does not", async () => {
  const { connect, start, ask } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  press(peer, 1, 256);
  equal(source.control.pad(0).buttons, 256);
  await ask(ana, "seat.leave");
  equal(source.control.pad(0).buttons, 0);
  press(peer, 2, 256);
  equal(source.control.pad(0).buttons, 0);
});

Deno.test("[PAD5] the pad of a silent viewer is neutral after 1 s, and its connection is closed after 10 s", async () => {
  const { connect, start, clock, received } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  press(peer, 1, 256);
  clock.advance(1_250);
  equal(source.control.pad(0).buttons, 0);
  for (let second = 0; second < VIEWER_SILENCE / 1_000; second++) {
    source.control.tick();
    clock.advance(1_000);
  }
  ok(peer.disposed);
  const media = received("session.media").map(({ payload }) =>
    "connected" in payload && payload.connected
  );
  deepEqual(media, [true, false]);
});

Deno.test("[PAD5] a viewer is kept while its browser sends RTCP, also without messages", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  for (let second = 0; second < 60; second++) {
    source.control.tick();
    peer.listener.rtcpReceived();
    clock.advance(1_000);
  }
  equal(peer.disposed, false);
});

Deno.test("[PAD5] one late check after the machine was suspended closes no viewer", async () => {
  const { connect, start, clock } = setup();
  const source = start(ana);
  const peer = await connect(ana);
  clock.advance(1_000);
  source.control.tick();
  clock.sleep(60_000);
  clock.advance(1_000);
  equal(peer.disposed, false);
});

Deno.test("[SES6] a lost connection keeps the seat", async () => {
  const { connect, start, received } = setup();
  start(ana);
  const peer = await connect(ana);
  peer.listener.closed("ICE failed");
  const room = received("room.changed").at(-1)!.payload as { room: { seats: unknown[] } };
  deepEqual(room.room.seats[0], { seat: 0, session_id: "ana", connected: false });
});

Deno.test("[ROM6] the source is paused while the room has no viewer", async () => {
  const { connect, start } = setup();
  const source = start(ana);
  equal(source.control.paused, true);
  const peer = await connect(ana);
  equal(source.control.paused, false);
  peer.listener.closed("gone");
  equal(source.control.paused, true);
});

Deno.test("[ROM9] a player pauses the app for everybody; a watcher is refused", async () => {
  const { connect, start, ask } = setup();
  const source = start(ana);
  await connect(ana);
  await connect(ben);
  start(ben, "watcher");
  equal(await ask(ben, "app.pause", { paused: true }), "role.watcher");
  equal(source.control.paused, false);
  deepEqual(await ask(ana, "app.pause", { paused: true }), {});
  equal(source.control.paused, true);
});

Deno.test("[ROM10] a saved state is loaded unchanged", async () => {
  const { start, connect, ask } = setup();
  const source = start(ana);
  await connect(ana);
  equal(await ask(ana, "app.load"), "save.none");
  await ask(ana, "app.save");
  deepEqual(await ask(ana, "app.load"), {});
  deepEqual(source.deeds, ["save", "load 010203"]);
});

Deno.test("[LIB9] a state under an earlier id is loaded if it fits, and one of another game is not", async () => {
  const { start, connect, ask, kept } = setup();
  const source = start(ana);
  await connect(ana);
  kept.set("old-duel newer", Uint8Array.of(9));
  kept.set("old-duel", Uint8Array.of(7));
  source.load = (state) => {
    source.deeds.push(`load ${state.toHex()}`);
    return Promise.resolve(state[0] === 9 ? { error: "it does not fit this game" } : {});
  };
  deepEqual(await ask(ana, "app.load"), {});
  deepEqual(source.deeds, ["load 09", "load 07"]);
  kept.clear();
  equal(await ask(ana, "app.load"), "save.none");
});

Deno.test("[ROM11] the room closes with a reason when the last session leaves", async () => {
  const { clock, start, send, received, sources, ended } = setup();
  start(ana);
  start(ben);
  send("app.quit", { session_id: ana });
  equal(received("room.closed").length, 0);
  send("session.end", { session_id: ben, reason: "left" });
  equal(endOf(received), "left");
  await clock.run(0);
  deepEqual([sources[0]!.disposed, ended()], [true, 1]);
});

Deno.test("[ROM22] a room is saved when its last viewer has gone", async () => {
  const { clock, connect, start, kept } = setup();
  start(ana);
  (await connect(ana)).listener.closed("The browser is gone");
  await clock.run(0);
  deepEqual(kept.get("duel room_1"), Uint8Array.of(1, 2, 3));
});

Deno.test("[SES13] a room continues from the state of another, and reports whether it could", async () => {
  for (const [from, continued] of [["room_0", true], ["room_lost", false]] as const) {
    const { clock, room, kept, sources, received } = setup();
    kept.set("duel room_0", Uint8Array.of(7));
    room.start({ id: "a", session: ana, app, spec, continueFrom: RoomId.parse(from) });
    sources[0]!.options.listener.opened(FAKE_INFO);
    await clock.run(0);
    const payload = received("app.start.response")[0]!.payload as { continued?: boolean };
    deepEqual([payload.continued, sources[0]!.deeds.includes("load 07")], [continued, continued]);
  }
});

Deno.test("[ROM12] a room without a viewer closes by itself, also without a coordinator", async () => {
  const { start, received, clock } = setup();
  const source = start(ana);
  for (let s = 0; s <= UNWATCHED / 1000 + 1; s++) {
    source.control.tick();
    clock.advance(1_000);
  }
  await clock.run(0);
  equal(endOf(received), "unwatched");
  equal(clock.pending, 0);
});

Deno.test("[ROM13] a source that hangs closes the room as stalled", async () => {
  const { connect, start, received, clock } = setup();
  const source = start(ana);
  source.control.tick();
  const peer = await connect(ana);
  for (let s = 0; s < 7; s++) {
    press(peer, s, 0);
    clock.advance(1_000);
  }
  equal(endOf(received), "stalled");
});

Deno.test("[ROM13] a source that takes its first turn after 14 s on a busy machine does not hang, later ones do", async () => {
  for (const [seconds, reason] of [[14, undefined], [16, "stalled"]] as const) {
    const { connect, start, received, clock } = setup();
    start(ana);
    const peer = await connect(ana);
    for (let s = 0; s < seconds; s++) {
      press(peer, s, 0);
      clock.advance(1_000);
    }
    equal(received("room.closed").length > 0 ? endOf(received) : undefined, reason);
  }
});

Deno.test("[CLK1] a clock message is answered at once with the worker's time", async () => {
  const { connect } = setup();
  const peer = await connect(ana);
  peer.listener.message("clock", encodeBounce({ client: 5 }));
  const back = decodeBounce(peer.messages.find(({ channel }) => channel === "clock")!.bytes);
  equal(back?.client, 5);
  ok(back?.server !== undefined);
});

Deno.test("[ROM20] a session that asks again and again for a connection gets one a second", async () => {
  const { send, received, peers, clock } = setup();
  for (let n = 0; n < 20; n++) send("webrtc.init", { session_id: ana, ice_servers: [] });
  await clock.run(0);
  equal(peers.length, 1);
  equal(received("webrtc.init.response").length, 19);
  await clock.run(1_000);
  send("webrtc.init", { session_id: ana, ice_servers: [] });
  equal(peers.length, 2);
});
