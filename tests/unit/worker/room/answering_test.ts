import { deepEqual, equal } from "node:assert/strict";
import type { FromWorker } from "../../../../protocol/legs/worker_leg.ts";
import { ana, ben, openRoomScene as setup } from "../../../support/media/room_scene.ts";

type Response = Extract<FromWorker, { type: "webrtc.init.response" }>;

Deno.test("[WHP4] the offer of a session is answered, and the session is a watcher like any other", async () => {
  const { start, connect, send, received, admit, clock, peers, room } = setup();
  const source = start(ana);
  await connect(ana);
  admit(ben, "watcher");
  send("webrtc.init", { session_id: ben, ice_servers: [], offer: "v=0 offer" });
  await clock.run(0);
  const { id, payload } = received("webrtc.init.response").at(-1) as Response;
  equal(id, "ask");
  deepEqual(payload, {
    session_id: ben,
    peer_id: "peer_id" in payload && payload.peer_id,
    sdp: "v=0 answer",
  });
  equal(received("webrtc.offer").length, 1);
  const peer = peers.at(-1)!;
  peer.listener.connected();
  equal(room.media.watching.viewers, 2);
  const data = new Uint8Array(10);
  source.options.listener.frame({
    codec: "h264",
    data,
    keyframe: true,
    timestamp: 1,
    capturedAt: 0,
  });
  equal(peer.video.length, 1);
  send("session.end", { session_id: ben, reason: "quit" });
  equal(peer.disposed, true);
});

Deno.test("[WHP4] an offer that cannot be answered is refused, and leaves no viewer", async () => {
  const { start, send, received, clock, peers, room } = setup();
  start(ana);
  send("webrtc.init", { session_id: ben, ice_servers: [], offer: "garbage" });
  await clock.run(0);
  const { payload } = received("webrtc.init.response").at(-1) as Response;
  equal("error" in payload && payload.error.code, "webrtc.refused");
  equal(peers.at(-1)!.disposed, true);
  deepEqual(room.media.audience.sessions, []);
});
