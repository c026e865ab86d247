import { deepEqual, equal, ok } from "node:assert/strict";
import { RoomId } from "../../../../protocol/ids.ts";
import type { Room as RoomSummary } from "../../../../protocol/legs/room.ts";
import { ana, app, ben, openRoomScene as setup, spec } from "../../../support/media/room_scene.ts";

type Received = ReturnType<typeof setup>["received"];
const endOf = (arrived: Received) =>
  (arrived("room.closed")[0]!.payload as { reason: string }).reason;
const newestRoom = (received: Received) =>
  (received("room.changed").at(-1)!.payload as { room: RoomSummary }).room;

for (const reason of ["left", "continued"] as const) {
  Deno.test(`[ROM37] a room that was watched is kept and saved when its last session ends as ${reason}`, async () => {
    const { clock, connect, start, send, ask, received, sources, kept } = setup();
    start(ana);
    await connect(ana);
    await ask(ana, "app.pause", { paused: true });
    send("session.end", { session_id: ana, reason });
    await clock.run(0);
    equal(received("room.closed").length, 0);
    const { state, seats, viewers, paused } = newestRoom(received);
    deepEqual([state, viewers, paused], ["kept", 0, false]);
    ok(seats.every(({ session_id }) => session_id === undefined));
    equal(sources[0]!.control.paused, true);
    deepEqual(kept.get("duel room_1"), Uint8Array.of(1, 2, 3));
  });
}

Deno.test("[ROM37] a session that comes back to a kept room plays on in it, unpaused", async () => {
  const { connect, start, send, received, room, sources } = setup();
  start(ana);
  await connect(ana);
  send("app.quit", { session_id: ana });
  equal(newestRoom(received).state, "kept");
  room.admit({ session_id: ben, role: "host", owner: {}, holders: [], expires_at: 0 });
  await connect(ben);
  room.start({ id: "b", session: ben, app, spec, continueFrom: RoomId.parse("room_1") });
  const answer = received("app.start.response").at(-1)!.payload;
  ok("seat" in answer && "room" in answer);
  deepEqual([answer.continued, answer.seat, answer.room.state], [true, 0, "open"]);
  deepEqual([sources.length, sources[0]!.control.paused], [1, false]);
});

Deno.test("[ROM37] the others play on when one of them leaves, and the seat is open", async () => {
  const { connect, start, send, received, sources } = setup();
  start(ana);
  start(ben);
  await connect(ana);
  await connect(ben);
  send("app.quit", { session_id: ana });
  const { state, seats } = newestRoom(received);
  deepEqual([state, seats.map(({ session_id }) => session_id)], ["open", [undefined, "ben"]]);
  equal(sources[0]!.control.paused, false);
});

for (const reason of ["right_ended", "not_connected", "place_needed"] as const) {
  Deno.test(`[ROM37] a room whose last session ends as ${reason} is not kept`, async () => {
    const { connect, start, send, received } = setup();
    start(ana);
    await connect(ana);
    send("session.end", { session_id: ana, reason });
    equal(endOf(received), reason);
  });
}

Deno.test("[ROM36] a kept room that closes has nobody in it, and is saved once", async () => {
  const { clock, connect, start, send, received, room, kept } = setup();
  start(ana);
  await connect(ana);
  send("app.quit", { session_id: ana });
  await clock.run(0);
  kept.clear();
  room.close("place_needed", "Another player needed the place");
  await clock.run(0);
  deepEqual(received("room.closed").at(-1)!.payload, {
    room_id: "room_1",
    reason: "place_needed",
    message: "Another player needed the place",
    sessions: [],
  });
  equal(kept.size, 0);
});

Deno.test("[ROM50] what a session sends after it has left does not bring it back, so that its room is kept and ends", async () => {
  const scene = setup();
  await scene.connect(ana);
  scene.start(ana);
  scene.send("app.quit", { session_id: ana });
  scene.room.start({ id: "late", session: ana, app, spec });
  scene.send("webrtc.init", { session_id: ana, ice_servers: [] });
  await scene.clock.run(1_000);
  equal(scene.received("app.start.response").filter(({ id }) => id === "late").length, 0);
  equal(newestRoom(scene.received).state, "kept");
  scene.room[Symbol.dispose]();
});
