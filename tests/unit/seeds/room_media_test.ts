/**
 * What the protocol _wire-protocol_ says of the channel of media, statement by statement.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { channelOptions, CHANNELS } from "../../../protocol/control/channels.ts";
import { decodeTrackPacket, encodeTrackPacket } from "../../../protocol/room_media/tracks.ts";
import { isVerb } from "../../../protocol/room_commands/verbs.ts";
import { ana, ben, openRoomScene } from "../../support/media/room_scene.ts";
import { RoomPage } from "../../support/room/room_page.ts";
import { testStatements } from "../../support/statements/statements.ts";

testStatements([
  ["CHN1", "media has the channel 3", () => equal(CHANNELS.media.id, 3)],
  ["CHN2", "it is unreliable", () => {
    const options = channelOptions(CHANNELS.media);
    deepEqual([options.ordered, "maxRetransmits" in options && options.maxRetransmits], [false, 0]);
  }],
  ["TRK2", "a client asks for a track by allocate_track", async () => {
    ok(isVerb("track.allocate"));
    const scene = openRoomScene();
    const page = await RoomPage.announced(scene, ana);
    deepEqual(await page.ask("track.allocate", { kind: "voice" }), { track: 1 });
    scene.room[Symbol.dispose]();
  }],
  ["TRK1", "a packet begins with the track as a 32-bit big-endian integer", () => {
    const bytes = encodeTrackPacket({ track: 0x01020304, payload: Uint8Array.of(9) });
    deepEqual([...bytes.subarray(0, 4)], [1, 2, 3, 4]);
  }],
  // Where the protocol ends a packet with a newline, ours ends where its message ends (CHN4).
  ["CHN4", "the rest of the packet is the payload, as it is", () => {
    const payload = Uint8Array.of(0x0a, 0, 0x0a);
    deepEqual(decodeTrackPacket(encodeTrackPacket({ track: 1, payload }))?.payload, payload);
  }],
  ["TRK3", "a packet goes from a client over the server to a client", async () => {
    const scene = openRoomScene();
    const [from, to] = [await RoomPage.announced(scene, ana), await RoomPage.announced(scene, ben)];
    await from.ask("track.allocate", { kind: "voice" });
    await to.ask("track.subscribe", { track: 1 });
    const bytes = encodeTrackPacket({ track: 1, payload: Uint8Array.of(1, 2, 3) });
    from.peer.listener.message("media", bytes);
    const got = to.peer.messages.filter(({ channel }) => channel === "media");
    deepEqual(got.map((message) => [...message.bytes]), [[...bytes]]);
    scene.room[Symbol.dispose]();
  }],
]);
