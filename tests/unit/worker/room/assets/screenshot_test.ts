import { deepEqual, equal, ok } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { assetIdOf, MAX_ASSET } from "../../../../../protocol/room_assets/asset.ts";
import { AssetExchange } from "../../../../../protocol/room_assets/exchange.ts";
import type { AssetDelivery } from "../../../../../protocol/room_assets/wire.ts";
import { encodeAssetMessage } from "../../../../../protocol/room_assets/wire.ts";
import { sha256 } from "../../../../support/room/asset_pair.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage } from "../../../../support/room/room_page.ts";

/** A page's end of the channel `assets`. */
function assetsOf(page: RoomPage) {
  const { scene: { clock }, peer } = page;
  const deliveries: AssetDelivery[] = [];
  const exchange = new AssetExchange({
    clock,
    waiting: () => 0,
    send: (bytes) => {
      peer.listener.message("assets", bytes);
      return true;
    },
    sha256,
    delivery: (delivery) => void deliveries.push(delivery),
  });
  /** Passes on what the room has sent. */
  function take(): void {
    page.turn();
    for (const bytes of page.assets.splice(0)) exchange.receive(bytes);
  }
  return { exchange, deliveries, take };
}

Deno.test("[AST8] a screenshot is delivered to whom it is asked by, a watcher too", async () => {
  const scene = openRoomScene();
  await RoomPage.announced(scene, ana, "host");
  const page = await RoomPage.announced(scene, SessionId.parse("cem"), "watcher");
  const { exchange, deliveries, take } = assetsOf(page);
  deepEqual(await page.ask("room.screenshot"), {});
  take();
  const jpeg = Uint8Array.of(0xff, 0xd8);
  const asset = assetIdOf(await sha256(jpeg));
  deepEqual(deliveries, [{ type: "delivery", asset, size: 2, mediaType: "image/jpeg" }]);
  const fetched = exchange.fetch({ asset, size: 2, most: MAX_ASSET });
  for (let n = 0; n < 4; n++) {
    await scene.clock.run(10);
    take();
  }
  deepEqual(await fetched, { bytes: jpeg, type: "image/jpeg" });
  exchange[Symbol.dispose]();
  scene.room[Symbol.dispose]();
});

Deno.test("[AST8] all who ask within a second get one picture", async () => {
  const scene = openRoomScene();
  const pages = [
    await RoomPage.announced(scene, ana, "host"),
    await RoomPage.announced(scene, ben, "player"),
  ];
  const pictures = () => scene.sources[0]!.deeds.filter((deed) => deed === "picture").length;
  for (let n = 0; n < 5; n++) for (const page of pages) await page.ask("room.screenshot");
  equal(pictures(), 1);
  await scene.clock.run(1_000);
  await pages[0]!.ask("room.screenshot");
  equal(pictures(), 2);
  scene.room[Symbol.dispose]();
});

Deno.test("[AST6] what a page sends on the channel, asked for or not, is answered or dropped", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.announced(scene, ana);
  const send = (bytes: Uint8Array) => page.peer.listener.message("assets", bytes);
  const asset = assetIdOf(new Uint8Array(32));
  send(Uint8Array.of(1, 2, 3));
  send(encodeAssetMessage({ type: "delivery", asset, size: 5, mediaType: "image/png" }));
  send(encodeAssetMessage({ type: "chunk", id: 1, offset: 0, bytes: Uint8Array.of(1) }));
  equal(page.peer.messages.filter(({ channel }) => channel === "assets").length, 0);
  for (let id = 0; id < 500; id++) send(encodeAssetMessage({ type: "head", id, asset }));
  const answers = page.peer.messages.filter(({ channel }) => channel === "assets");
  ok(answers.every(({ bytes }) => bytes.length < 20));
  deepEqual(await page.ask("app.pause", { paused: false }), {});
  page.peer.listener.closed("gone");
  equal(scene.clock.pending > 0, true);
  scene.room[Symbol.dispose]();
});
