/** Commands at and beyond their bounds: each is answered or refused, and none ends a connection. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { EpochMillis } from "../../../../../protocol/clock.ts";
import { CHANNELS } from "../../../../../protocol/control/channels.ts";
import {
  encodeFromBrowser,
  MAX_FROM_BROWSER,
} from "../../../../../protocol/media_socket/messages.ts";
import { decodeToPage, encodeFromPage } from "../../../../../protocol/room_commands/wire.ts";
import type { SaveEntry } from "../../../../../protocol/saves/save.ts";
import { openSaves } from "../../../../../worker/saves/saves.ts";
import { createSocketPeer } from "../../../../../worker/media_socket/socket_peer.ts";
import type { PeerListener } from "../../../../../worker/sending/ports.ts";
import { FakeClock } from "../../../../fakes/clock.ts";
import { RoomPage } from "../../../../support/room/room_page.ts";
import { ana, app, ben, openRoomScene } from "../../../../support/media/room_scene.ts";

async function setup() {
  const scene = openRoomScene();
  const page = await RoomPage.announced(scene, ana, "host");
  const other = await RoomPage.announced(scene, ben);
  return { scene, page, other };
}

/** A request whose message has exactly so many bytes. */
function requestOf(bytes: number, id: number): Uint8Array {
  const empty = encodeFromPage({ type: "request", id, verb: "chat.say", body: { text: "" } });
  // The text's length takes two bytes more than that of an empty one.
  const text = "x".repeat(bytes - empty.length - 2);
  return encodeFromPage({ type: "request", id, verb: "chat.say", body: { text } });
}

for (const id of [1, 200, 40_000, 0xffff_ffff]) {
  Deno.test(`[RCM4] the request ${id} that is longer than a message is refused as too large`, async () => {
    const { scene, page } = await setup();
    const answer = async (bytes: Uint8Array) => {
      page.peer.messages.length = 0;
      page.peer.listener.message("commands", bytes);
      await scene.clock.run(0);
      const message = decodeToPage(page.peer.messages.at(-1)!.bytes);
      return message?.type === "refusal" && [message.id, message.error.code];
    };
    const { most } = CHANNELS.commands;
    equal(requestOf(most, id).length, most);
    deepEqual(await answer(requestOf(most, id)), [id, "message.invalid"], "it is looked at");
    deepEqual(await answer(requestOf(most + 1, id)), [id, "message.too_large"]);
    deepEqual(await answer(requestOf(16_384, id)), [id, "message.too_large"]);
    scene.room[Symbol.dispose]();
  });
}

Deno.test("[RCM1] what is too long and no request is dropped, and what floods is refused by its rate", async () => {
  const { scene, page, other } = await setup();
  const long = requestOf(5_000, 9);
  const dropped = [
    encodeFromPage({ type: "oneway", verb: "chat.say", body: { text: "x".repeat(5_000) } }),
    long.with(0, 0x93),
    long.with(1, 37),
    long.with(2, 0xc0),
    new Uint8Array(60_000),
  ];
  for (const bytes of dropped) page.peer.listener.message("commands", bytes);
  await scene.clock.run(0);
  deepEqual(page.peer.messages.filter(({ channel }) => channel === "commands"), []);
  for (let n = 0; n < 40; n++) page.peer.listener.message("commands", long);
  await scene.clock.run(0);
  const codes = page.peer.messages.map(({ bytes }) => decodeToPage(bytes))
    .flatMap((message) => message?.type === "refusal" ? [message.error.code] : []);
  equal(codes.length, 40);
  ok(codes.filter((code) => code === "rate").length >= 20);
  deepEqual(await other.ask("chat.say", { text: "hi" }), {}, "nobody else notices");
  scene.room[Symbol.dispose]();
});

Deno.test("[CHN6] a person whose answers are not taken is refused before they are lost, and others are answered", async () => {
  const { scene, page, other } = await setup();
  await page.ask("topic.subscribe", { pattern: "people.**" });
  page.peer.backlog.set("commands", 16_385);
  equal(await page.ask("room.options", { watchers_chat: true }), "busy");
  deepEqual(await other.ask("topic.publish", { topic: "people.wave", body: 1 }), {});
  page.turn();
  equal(page.publications.length, 0, "a publication takes no room from answers");
  page.peer.backlog.clear();
  deepEqual(await page.ask("room.options", { watchers_chat: true }), {});
  deepEqual(await other.ask("topic.publish", { topic: "people.wave", body: 2 }), {});
  page.turn();
  equal(page.publications.length, 1);
  scene.room[Symbol.dispose]();
});

Deno.test("[SAV10] a page of the longest saves fits one message, and all pages have all saves", async () => {
  const { scene, page } = await setup();
  const saves = openSaves(scene.files)(["usr_ana"]);
  const core = { name: "漢".repeat(64), version: "漢".repeat(64) };
  for (let n = 0; n < 20; n++) {
    const at = (1_700_000_000_000 + n) as EpochMillis;
    await saves.write(app.app_id, { state: Uint8Array.of(1), at, name: "漢".repeat(40), core });
  }
  const found: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 20; pages++) {
    const { saves, more } = await page.ask("save.list", after ? { after } : {}) as {
      saves: SaveEntry[];
      more: boolean;
    };
    found.push(...saves.map(({ id }) => id));
    after = saves.at(-1)!.id;
    await scene.clock.run(1_000);
    if (!more) break;
  }
  equal(new Set(found).size, 20);
  scene.room[Symbol.dispose]();
});

Deno.test("[TCP3] the longest command passes over a media socket, and a longer one does not end it", () => {
  const taken: number[] = [];
  let closes = 0;
  const none = () => {};
  const listener: PeerListener = {
    ...{ candidate: none, connected: none, rtcpReceived: none, keyframeRequested: none },
    ...{ remb: none, loss: none, sent: none, packets: none, closed: none },
    message: (_, bytes) => void taken.push(bytes.length),
  };
  const socket = { send: () => {}, close: () => void closes++ };
  const peer = createSocketPeer({ clock: new FakeClock(), codec: "h264", listener, socket });
  peer.start();
  for (const bytes of [1_201, CHANNELS.commands.most, MAX_FROM_BROWSER - 2]) {
    const message = { type: "channel", channel: "commands", bytes: requestOf(bytes, 1) } as const;
    peer.receive(encodeFromBrowser(message));
  }
  deepEqual([taken, closes], [[1_201, 4_096, 16_384], 0]);
  peer[Symbol.dispose]();
});

Deno.test("[CHN3] over a media socket each channel has room of its own", () => {
  const none = () => {};
  const listener: PeerListener = {
    ...{ candidate: none, connected: none, rtcpReceived: none, keyframeRequested: none },
    ...{ remb: none, loss: none, sent: none, packets: none, closed: none, message: none },
  };
  const socket = { send: none, close: none };
  const peer = createSocketPeer({ clock: new FakeClock(), codec: "h264", listener, socket });
  peer.start();
  const fill = (channel: "state" | "commands") => {
    let sent = 0;
    while (peer.send(channel, new Uint8Array(1_024))) sent += 1_024;
    return sent;
  };
  deepEqual([fill("state"), fill("commands")], [16_384, 65_536]);
  peer.receive(encodeFromBrowser({ type: "received", number: 0 }));
  equal(peer.waiting("state"), 0);
  peer[Symbol.dispose]();
});
