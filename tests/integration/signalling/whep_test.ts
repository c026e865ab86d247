import { equal, match, ok } from "node:assert/strict";
import { until } from "../../support/media/werift_browser.ts";
import { WhepPlayer } from "../../support/signalling/whep_player.ts";
import { startStack } from "../../support/stack/stack.ts";
import { UserClient } from "../../support/stack/user_client.ts";

Deno.test("[WHP1] a program watches a room by WHEP until it leaves", async () => {
  await using stack = await startStack();
  await using host = await UserClient.join(stack.url);
  const { room } = await host.play("paddle-duel");
  host.socket.send("share.create", { role: "watcher" });
  const shared = await host.next("share.create.response");
  ok("path" in shared);
  const token = new URLSearchParams(shared.path.split("?")[1]).get("share")!;
  await using player = new WhepPlayer(stack.url, { token });
  const made = await player.watch(room.room_id);
  equal(made.status, 201, await made.clone().text());
  equal(made.headers.get("content-type"), "application/sdp");
  match(player.location, /^\/whep\/session\/[0-9a-f]{32}$/);
  equal((await player.trickle([])).status, 204);
  await player.receives(200);
  const types = new Set(player.packets.map(({ header }) => header.payloadType));
  equal(types.size, 2);

  await using other = new WhepPlayer(stack.url, { token, codec: "VP8" });
  equal((await other.watch(room.room_id)).status, 201);
  await other.receives(100);

  equal((await player.leave()).status, 200);
  equal((await player.leave()).status, 404);
  await other.receives(50);
  await until(() => {
    const changed = host.received.findLast(({ type }) => type === "room.changed");
    return changed?.type === "room.changed" && changed.payload.room.viewers === 2;
  });
});
