import { deepEqual, equal } from "node:assert/strict";
import { compactCodec } from "../../../../protocol/control/control_compact.ts";
import { VIEWER_SILENCE } from "../../../../protocol/control/control.ts";
import { NEUTRAL_PAD } from "../../../../protocol/control/pad.ts";
import { PeerId } from "../../../../protocol/ids.ts";
import {
  decodeToBrowser,
  encodeFromBrowser,
  type ToBrowser,
} from "../../../../protocol/media_socket/messages.ts";
import { createSocketPeer, type SocketPeer } from "../../../../worker/media_socket/socket_peer.ts";
import { ana, openRoomScene } from "../../../support/media/room_scene.ts";

Deno.test("[TCP5] a session that takes up its offer over a media socket is a viewer like any other", async () => {
  const { room, clock, peers, sources, send, received, start } = openRoomScene();
  start(ana);
  send("webrtc.init", { session_id: ana, ice_servers: [] });
  await clock.run(0);
  const { peer_id } = received("webrtc.offer").at(-1)!.payload as { peer_id: PeerId };
  const sent: ToBrowser[] = [];
  const socket = {
    send: (bytes: Uint8Array) => void sent.push(decodeToBrowser(bytes)!),
    close: () => {},
  };
  const attach = (peer: PeerId) => {
    let taken: SocketPeer | undefined;
    room.media.audience.attach(ana, peer, (listener) => {
      taken = createSocketPeer({ clock, socket, codec: "h264", listener });
      return taken;
    });
    return taken;
  };
  equal(attach(PeerId.parse("peer_other")), undefined);
  const taken = attach(peer_id)!;
  equal(peers.at(-1)!.disposed, true);
  equal(attach(peer_id), undefined, "it is connected already");
  deepEqual(received("session.media").at(-1)!.payload, { session_id: ana, connected: true });
  const source = sources.at(-1)!;
  source.options.listener.frame({
    codec: "h264",
    data: new Uint8Array(9),
    keyframe: true,
    timestamp: 5,
    capturedAt: 0,
  });
  equal(sent.at(-1)!.type, "video");
  const pad = { ...NEUTRAL_PAD, seq: 1, buttons: 5 };
  const bytes = compactCodec.encode({ type: "Control", timestamp: 1, payload: pad });
  taken.receive(encodeFromBrowser({ type: "channel", channel: "state", bytes }));
  equal(source.control.pad(0).buttons, 5);
  for (let waited = 0; waited < VIEWER_SILENCE + 1_000; waited += 1_000) {
    source.control.tick();
    await clock.run(1_000);
  }
  deepEqual(received("session.media").at(-1)!.payload, { session_id: ana, connected: false });
  room[Symbol.dispose]();
});
