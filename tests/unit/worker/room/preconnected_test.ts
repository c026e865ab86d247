import { deepEqual, equal } from "node:assert/strict";
import { VIEWER_SILENCE } from "../../../../protocol/control/control.ts";
import type { FromWorker } from "../../../../protocol/legs/worker_leg.ts";
import type { RoomSettings } from "../../../../worker/room/ipc.ts";
import { ana, app, ben, openRoomScene, spec } from "../../../support/media/room_scene.ts";

type Preconnected = Extract<FromWorker, { type: "webrtc.preconnect.response" }>;

/** A spare to which Ana and Ben are connected in advance. */
async function spare() {
  const scene = openRoomScene();
  const { room, send, received, peers, clock } = scene;
  for (const session_id of [ana, ben]) {
    room.preconnect({
      id: `preconnect ${session_id}`,
      type: "webrtc.preconnect",
      payload: { session_id, ice_servers: [], pass: "checked by the worker" },
    });
    await clock.run(0);
    const { payload } = received("webrtc.preconnect.response").at(-1) as Preconnected;
    if ("error" in payload) throw new Error(payload.error.message);
    send("webrtc.answer", { session_id, peer_id: payload.peer_id, sdp: "answer" });
    await clock.run(0);
    peers.at(-1)!.listener.connected();
  }
  const [offer] = received("webrtc.preconnect.response") as Preconnected[];
  const peer_id = "peer_id" in offer!.payload ? offer!.payload.peer_id : undefined;
  const settings = {
    roomId: "room_1",
    workerId: "w1",
    zone: "here",
    extraAddresses: [],
    targetHeight: 448,
    savesFolder: "unused",
    holders: ["ana"],
  } satisfies RoomSettings;
  return { ...scene, peer_id, settings };
}

Deno.test("[PRE4] the session that starts the room plays on the connection that it has", async () => {
  const { room, send, received, peers, sources, settings, peer_id } = await spare();
  equal(received("webrtc.preconnect.response")[0]?.id, "preconnect ana");
  room.claim(settings, ana);
  send("webrtc.init", { session_id: ana, ice_servers: [], peer_id });
  const [kept] = received("webrtc.init.response");
  deepEqual(kept, {
    id: "ask",
    type: "webrtc.init.response",
    payload: { session_id: "ana", peer_id },
  });
  deepEqual(received("webrtc.offer"), []);
  deepEqual(received("session.media").at(-1)?.payload, { session_id: "ana", connected: true });
  room.start({ id: "start", session: ana, app, spec });
  equal(sources[0]?.control.paused, false);
  deepEqual(peers.map(({ disposed }) => disposed), [false, true]);
});

Deno.test("[PRE5] the connections of all others end when the spare becomes a room", async () => {
  const { room, received, settings } = await spare();
  room.claim(settings, ana);
  deepEqual(received("session.media").at(-1)?.payload, { session_id: "ben", connected: false });
  deepEqual(room.media.watching, { viewers: 1 });
});

Deno.test("[PRE4] a session whose connection is not there is offered another one", async () => {
  const { clock, room, send, received, settings, peer_id } = await spare();
  room.claim(settings, undefined);
  send("webrtc.init", { session_id: ana, ice_servers: [], peer_id });
  await clock.run(0);
  deepEqual([received("webrtc.init.response").length, received("webrtc.offer").length], [0, 1]);
});

Deno.test("[PRE1] a spare starts no app, and does not close because nobody plays in it", async () => {
  const { clock, room, send, sources, received, peers } = await spare();
  room.start({ id: "start", session: ana, app, spec });
  equal(sources.length, 0);
  send("session.end", { session_id: ana, reason: "left" });
  equal(peers[0]!.disposed, true);
  await clock.run(VIEWER_SILENCE + 1_000);
  deepEqual(received("session.media").at(-1)?.payload, { session_id: "ben", connected: false });
  await clock.run(120_000);
  equal(received("session.ended").length + received("room.closed").length, 0);
});
