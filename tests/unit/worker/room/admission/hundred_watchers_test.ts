/** A hundred people open the link of a room at the same moment, while somebody plays there. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { ROOM_PROTOCOL } from "../../../../../protocol/room_commands/verbs.ts";
import { NEUTRAL_PAD } from "../../../../../protocol/control/pad.ts";
import { SessionId } from "../../../../../protocol/ids.ts";
import type { RoomRole } from "../../../../../protocol/pass.ts";
import type { FromWorker } from "../../../../../protocol/legs/worker_leg.ts";
import { MAX_CONNECTING, PLACES } from "../../../../../worker/room/admission/admission.ts";
import { RoomPage } from "../../../../support/room/room_page.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";

/** How long a handshake takes, in milliseconds. */
const HANDSHAKE = 60;
const FRAME = 1000 / 60;

type Offer = Extract<FromWorker, { type: "webrtc.offer" }>["payload"];

function openCrowd() {
  const scene = openRoomScene();
  const { clock, send, received, peers, admit } = scene;
  const pages = new Map<SessionId, RoomPage>();
  const connecting: { readonly page: RoomPage; readonly at: number }[] = [];
  let taken = 0;
  let most = 0;
  /** Answers each new offer; the connection is up after a handshake. */
  const answer = () => {
    for (const { payload } of received("webrtc.offer").slice(taken)) {
      taken += 1;
      const { session_id, peer_id } = payload as Offer;
      send("webrtc.answer", { session_id, peer_id, sdp: "answer" });
      const page = new RoomPage(scene, peers[taken - 1]!);
      pages.set(session_id, page);
      connecting.push({ page, at: clock.now() + HANDSHAKE });
    }
    most = Math.max(most, connecting.length);
    while (connecting[0] && connecting[0].at <= clock.now()) {
      connecting.shift()!.page.peer.listener.connected();
    }
  };
  return {
    ...scene,
    pages,
    answer,
    get most() {
      return most;
    },
    come: (session: SessionId, role: RoomRole = "watcher") => {
      admit(session, role);
      send("webrtc.init", { session_id: session, ice_servers: [] });
    },
    refusals: () =>
      received("webrtc.init.response").map(({ payload }) =>
        (payload as { error: { code: string } }).error.code
      ),
  };
}

const names = (count: number) =>
  Array.from({ length: count }, (_, n) => SessionId.parse(`watcher-${n}`));

Deno.test("[ROM25] a hundred watchers join at once: the player plays on, those who fit get the document, the others a reason", async () => {
  const crowd = openCrowd();
  const { clock, pages, come } = crowd;
  come(ana, "player");
  crowd.start(ana);
  await clock.run(0);
  crowd.answer();
  await clock.run(HANDSHAKE);
  crowd.answer();
  const player = pages.get(ana)!;
  await player.ask("announce", { protocol: ROOM_PROTOCOL, name: "Ana" });
  const source = crowd.sources[0]!;
  const watchers = names(100);
  for (const watcher of watchers) come(watcher);
  equal(crowd.refusals().filter((code) => code === "room.full").length, 100 + 1 - PLACES.watcher);

  let pictures = player.peer.video.length;
  for (let frame = 0; frame < 120; frame++) {
    const buttons = frame % 2;
    player.turn({ timestamp: frame + 2, control: { ...NEUTRAL_PAD, seq: frame + 1, buttons } });
    equal(source.control.pad(0).buttons, buttons, `the press before picture ${frame} counts`);
    source.options.listener.frame({
      codec: "h264",
      data: new Uint8Array(900),
      keyframe: frame === 0,
      timestamp: frame * 1_500,
      capturedAt: 0,
    });
    source.control.tick();
    equal(player.peer.video.length, ++pictures, `picture ${frame} left for the player`);
    await clock.run(FRAME);
    crowd.answer();
    for (const page of pages.values()) if (page !== player) page.turn();
  }

  ok(crowd.most <= MAX_CONNECTING, `${crowd.most} connected at once`);
  equal(pages.size, PLACES.watcher);
  for (const [session, page] of pages) {
    equal(page.room?.people.length, PLACES.watcher, `${session} sees everybody`);
  }
  deepEqual(new Set(crowd.refusals()), new Set(["room.full"]));
  // Somebody who may play comes into the room that is full of watchers, and is seated.
  come(ben, "player");
  crowd.start(ben);
  await clock.run(0);
  crowd.answer();
  await clock.run(HANDSHAKE);
  crowd.answer();
  equal(pages.size, PLACES.watcher + 1);
  player.turn();
  await clock.run(60);
  player.turn();
  equal(player.room?.seats[1]?.holder !== undefined, true);
  crowd.room[Symbol.dispose]();
});

Deno.test("[ROM25] a player who lost the connection in a crowd comes back before those who wait", async () => {
  const crowd = openCrowd();
  const { clock, pages, come } = crowd;
  come(ana, "player");
  crowd.start(ana);
  await clock.run(0);
  crowd.answer();
  await clock.run(HANDSHAKE);
  crowd.answer();
  const before = pages.get(ana)!;
  for (const watcher of names(40)) come(watcher);
  before.peer.listener.closed("The path is gone");
  come(ana, "player");
  await clock.run(0);
  crowd.answer();
  await clock.run(HANDSHAKE);
  crowd.answer();
  await clock.run(0);
  crowd.answer();
  ok(pages.get(ana) !== before, "it is among the next that connect");
  crowd.room[Symbol.dispose]();
});

Deno.test("[ROM20] a host without a seat comes into a room that is full of players", async () => {
  const crowd = openCrowd();
  const { clock, pages, come, refusals } = crowd;
  for (const session of names(PLACES.player)) {
    come(session, "player");
    await clock.run(0);
    crowd.answer();
    await clock.run(HANDSHAKE);
    crowd.answer();
  }
  equal(pages.size, PLACES.player);
  come(ben, "player");
  deepEqual(refusals(), ["room.full"]);
  come(ana, "host");
  await clock.run(0);
  crowd.answer();
  deepEqual([pages.has(ana), refusals().length], [true, 1]);
  crowd.room[Symbol.dispose]();
});
