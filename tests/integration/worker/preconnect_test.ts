import { deepEqual, equal, ok } from "node:assert/strict";
import { type Stack, startStack } from "../../support/stack/stack.ts";
import { type Player, UserClient } from "../../support/stack/user_client.ts";

let stack: Stack;

Deno.test.beforeAll(async () => {
  stack = await startStack({ FARPAD_CAPACITY: "3" });
});

Deno.test.afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

/** A player in the lobby who is connected in advance, and the id of that connection. */
async function connected(): Promise<{ user: Player; peer_id: string }> {
  const user = await UserClient.join(stack.url);
  for (let tries = 0; tries < 20; tries++) {
    const offer = await user.preconnect();
    if (typeof offer !== "string") {
      await user.answer(offer);
      return { user, peer_id: offer.peer_id };
    }
    // After a room was started, the next spare process starts two seconds later.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error("No connection in advance was granted in 20 s");
}

async function freePlaces(): Promise<number> {
  const { workers } = await (await fetch(`${stack.url}/api/workers`)).json();
  return workers[0].free_places;
}

Deno.test("[PRE4] pictures come on the connection that was made before the start", async () => {
  const { user, peer_id } = await connected();
  await using _ = user;
  equal(await freePlaces(), 3);
  equal(user.pictures.packets, 0);
  user.socket.send("webrtc.init", { app_id: "paddle-duel", peer_id });
  const start = user.start("paddle-duel");
  deepEqual(await user.next("webrtc.init.response"), { peer_id });
  equal((await start).seat, 0);
  await user.seeMore(5);
  ok(user.pictures.keyframes > 0, "no keyframe came");
  equal(user.received.filter(({ type }) => type === "webrtc.offer").length, 0);
  equal(await freePlaces(), 2);
  await user.leave();
});

Deno.test("[PRE5] who is in the lobby loses the connection when another starts a room, and plays all the same", async () => {
  const ana = await connected();
  const ben = await connected();
  await using cem = await UserClient.join(stack.url);
  await using _ = ana.user;
  await using __ = ben.user;
  await cem.play();
  for (const { user } of [ana, ben]) await user.next("webrtc.preconnect.ended");
  ana.user.socket.send("webrtc.init", { app_id: "paddle-duel", peer_id: ana.peer_id });
  const offer = await ana.user.next("webrtc.offer");
  await Promise.all([ana.user.start("paddle-duel"), ana.user.answer(offer)]);
  await ana.user.seeMore(5);
  await cem.seeMore(5);
  await Promise.all([ana.user.leave(), cem.leave()]);
});

Deno.test("[PRE6] a socket that closes ends the connection, and the spare goes on for others", async () => {
  const { user } = await connected();
  user.socket.hangUp();
  const { user: ben, peer_id } = await connected();
  await using _ = ben;
  ben.socket.send("webrtc.init", { app_id: "paddle-duel", peer_id });
  await ben.start("paddle-duel");
  await ben.seeMore(5);
  await ben.leave();
  await user.drop();
});
