import type { EpochMillis } from "../../../../../protocol/clock.ts";
import type { SaveEntry } from "../../../../../protocol/saves/save.ts";
import { openSaves } from "../../../../../worker/saves/saves.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { ROOM_PROTOCOL } from "../../../../../protocol/room_commands/verbs.ts";
import { encodeFromPage } from "../../../../../protocol/room_commands/wire.ts";
import { CHAT_LINES, MAX_CHAT } from "../../../../../protocol/room_state/components.ts";
import { ANNOUNCE_LIMIT } from "../../../../../worker/room/document/shared_room.ts";
import { openDrivingScene } from "../../../../support/driving/room_scene.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";
import { ana, app, ben, openRoomScene } from "../../../../support/media/room_scene.ts";

const cem = SessionId.parse("cem");

/** A host in seat P1, a player in seat P2 and a watcher. */
async function setup() {
  const scene = openRoomScene();
  const host = await RoomPage.announced(scene, ana, "host");
  const player = await RoomPage.announced(scene, ben, "player");
  const watcher = await RoomPage.announced(scene, cem, "watcher");
  return { scene, host, player, watcher };
}

const holders = ({ room }: RoomPage) => room?.seats.map(({ holder }) => holder);

Deno.test("[RCM2] the answer to an announcement names the person, and its name is seen", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  deepEqual(await page.ask("announce", { protocol: ROOM_PROTOCOL, name: " Ann ", colour: 4 }), {
    you: "p1",
  });
  await settle(page);
  deepEqual([page.room?.people[0]?.name, page.room?.people[0]?.colour], ["Ann", 4]);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM2] before the announcement everything else is refused", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  equal(await page.ask("chat.say", { text: "hi" }), "announce.needed");
  equal(await page.ask("announce", { protocol: ROOM_PROTOCOL - 1 }), "announce.version");
  equal(await page.ask("seat.leave"), "announce.needed");
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM3] a page that sends intents and does not announce itself in 10 s is dropped", async () => {
  const { scene, host } = await setup();
  const silent = await RoomPage.join(scene, SessionId.parse("dan"), "watcher");
  for (let ms = 0; ms < ANNOUNCE_LIMIT; ms += 1_000) {
    equal(silent.peer.disposed, false);
    for (const page of [host, silent]) page.turn();
    scene.sources[0]!.control.tick();
    await scene.clock.run(1_000);
  }
  equal(silent.peer.disposed, true);
  equal(host.peer.disposed, false);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM3] a viewer that sends no intents need not announce itself", async () => {
  const scene = openRoomScene();
  const page = await RoomPage.join(scene, ana);
  for (let second = 0; second < 15; second++) {
    page.peer.listener.rtcpReceived();
    scene.sources[0]!.control.tick();
    await scene.clock.run(1_000);
  }
  equal(page.peer.disposed, false);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM4] an unknown verb, a wrong body and too many requests are refused with their codes", async () => {
  const { scene, player } = await setup();
  equal(await player.ask("none"), "message.unknown");
  equal(await player.ask("seat.take", { seat: 9 }), "message.invalid");
  equal(await player.ask("chat.say", { text: "x".repeat(MAX_CHAT + 1) }), "message.invalid");
  equal(await player.ask("chat.say", { text: "a\u202eb" }), "message.invalid");
  equal(await player.ask("chat.say", { text: "   " }), "message.invalid");
  const answers = [];
  for (let n = 0; n < 40; n++) answers.push(await player.ask("app.pause", { paused: false }));
  equal(answers.at(-1), "rate");
  await scene.clock.run(1_000);
  deepEqual(await player.ask("app.pause", { paused: false }), {});
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM4] a one-way message is carried out and not answered", async () => {
  const { scene, player, host } = await setup();
  player.turn();
  const body = { text: "hello" };
  const bytes = encodeFromPage({ type: "oneway", verb: "chat.say", body });
  player.peer.listener.message("commands", bytes);
  await settle(host);
  deepEqual(player.peer.messages.filter(({ channel }) => channel === "commands"), []);
  equal(host.room?.chat[0]?.text, "hello");
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM7] a seat is left, taken and given, and everybody sees it", async () => {
  const { scene, host, player, watcher } = await setup();
  await settle(host, player, watcher);
  deepEqual(holders(watcher), ["p1", "p2"]);
  deepEqual(await player.ask("seat.leave"), {});
  deepEqual(await player.ask("seat.take", { seat: 0 }), "seat.taken");
  deepEqual(await player.ask("seat.take", { seat: 1 }), { seat: 1 });
  deepEqual(await host.ask("seat.give", { seat: 0, to: "p2" }), {});
  await settle(host, watcher);
  deepEqual(holders(watcher), ["p2", "p1"]);
  equal(await host.ask("seat.give", { seat: 0, to: "p3" }), "role.watcher");
  equal(await host.ask("seat.give", { seat: 0, to: "p9" }), "person.unknown");
  equal(await host.ask("seat.give", { seat: 3, to: "p2" }), "seat.unknown");
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM7] a watcher takes no seat, whatever it sends", async () => {
  const { scene, player, watcher } = await setup();
  await player.ask("seat.leave");
  for (const verb of ["seat.take", "seat.request"] as const) {
    equal(await watcher.ask(verb, { seat: 1 }), "role.watcher");
  }
  equal(await watcher.ask("seat.give", { seat: 1, to: "p3" }), "role.watcher");
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM8] a locked seat is given by a host alone", async () => {
  const { scene, host, player } = await setup();
  await player.ask("seat.leave");
  equal(await player.ask("seat.lock", { seat: 1, locked: true }), "role.host");
  deepEqual(await host.ask("seat.lock", { seat: 1, locked: true }), {});
  equal(await player.ask("seat.take", { seat: 1 }), "seat.locked");
  const dan = await RoomPage.announced(scene, SessionId.parse("dan"), "player");
  await settle(host, dan);
  deepEqual(holders(host), ["p1", undefined]);
  deepEqual(host.room?.seats[1]?.locked, true);
  deepEqual(await host.ask("seat.give", { seat: 1, to: "p4" }), {});
  await settle(host);
  deepEqual(holders(host), ["p1", "p4"]);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM8] who asks for a locked control seat does not get it, also when nobody drives", async () => {
  const scene = openDrivingScene();
  await scene.enter(ana);
  await scene.enter(ben);
  scene.admit(ana, "host");
  const [host, player] = [ana, ben].map((id) => new RoomPage(scene, scene.peers.get(id)!));
  for (const page of [host!, player!]) await page.ask("announce", { protocol: ROOM_PROTOCOL });
  deepEqual(await host!.ask("seat.lock", { seat: 0, locked: true }), {});
  deepEqual(await player!.ask("seat.request", { seat: 0 }), { seat: null });
  equal(scene.holder(), undefined);
  equal(await player!.ask("seat.request", { seat: 3 }), "seat.unknown");
  deepEqual(await host!.ask("seat.give", { seat: 0, to: "p2" }), {});
  equal(scene.holder(), ben);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM9] who asks for a seat is seen until it has one or asks no longer", async () => {
  const { scene, host, player } = await setup();
  const asks = async () => {
    await settle(host);
    return host.room?.people.find(({ id }) => id === "p2")?.asks;
  };
  deepEqual(await player.ask("seat.request", { seat: 0 }), { seat: null });
  equal(await asks(), 0);
  deepEqual(await player.ask("seat.request", { seat: null }), { seat: null });
  equal(await asks(), undefined);
  await player.ask("seat.request", { seat: 0 });
  await host.ask("seat.give", { seat: 0, to: "p2" });
  equal(await asks(), undefined);
  deepEqual(await host.ask("seat.request", { seat: 1 }), { seat: 1 });
  equal(await host.ask("seat.request", { seat: 3 }), "seat.unknown");
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM7] a seat given to the holder of a locked one changes no place with it, unless a host gives it", async () => {
  const { scene, host, player } = await setup();
  const dan = await RoomPage.announced(scene, SessionId.parse("dan"), "player");
  await host.ask("seat.leave");
  await dan.ask("seat.take", { seat: 0 });
  await host.ask("seat.lock", { seat: 1, locked: true });
  deepEqual(await dan.ask("seat.give", { seat: 0, to: "p2" }), {});
  await settle(host, player);
  deepEqual(holders(host), ["p2", undefined]);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM15] a wish is refused by the holder or a host; who was refused waits 30 s", async () => {
  const { scene, host, player, watcher } = await setup();
  const dan = await RoomPage.announced(scene, SessionId.parse("dan"), "player");
  await player.ask("topic.subscribe", { pattern: "room.*" });
  const wish = { seat: 0, person: "p2" };
  await player.ask("seat.request", { seat: 0 });
  equal(await dan.ask("seat.refuse", wish), "seat.needed");
  equal(await watcher.ask("seat.refuse", wish), "role.watcher");
  equal(await host.ask("seat.refuse", { seat: 0, person: "p9" }), "person.unknown");
  deepEqual(await host.ask("seat.refuse", wish), {});
  await settle(host, player);
  equal(host.room?.people.find(({ id }) => id === "p2")?.asks, undefined);
  deepEqual(player.publications.map(({ topic, body }) => [topic, body]), [
    ["room.refused", { by: "p1", person: "p2", seat: 0, wait_ms: 30_000 }],
  ]);
  equal(await player.ask("seat.request", { seat: 0 }), "seat.wait");
  deepEqual(await host.ask("seat.refuse", wish), {}, "a wish that is over");
  for (let second = 0; second < 30; second++) {
    scene.sources[0]!.control.tick();
    await scene.clock.run(1_000);
    await settle(host, player);
  }
  deepEqual(await player.ask("seat.request", { seat: 0 }), { seat: null });
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM12] who writes without a pause is held back, and takes nobody's turn", async () => {
  const { scene, player, watcher, host } = await setup();
  const answers = [];
  for (let line = 0; line < 12; line++) answers.push(await watcher.ask("chat.say", { text: "x" }));
  deepEqual(answers.slice(0, 5).map((answer) => answer), Array(5).fill({}));
  deepEqual(answers.slice(5), Array(7).fill("chat.rate"));
  deepEqual(await player.ask("chat.say", { text: "still here" }), {});
  await settle(host);
  equal(host.room?.chat.length, 6);
  await scene.clock.run(2_000);
  deepEqual(await watcher.ask("chat.say", { text: "x" }), {});
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM10] who holds a seat saves, loads, starts over and pauses; those who subscribed get word", async () => {
  const { scene, host, player, watcher } = await setup();
  deepEqual(await watcher.ask("topic.subscribe", { pattern: "room.*" }), {});
  deepEqual(await player.ask("app.save"), {
    saved_at: scene.clock.epoch(),
    id: "1",
    bytes: 3,
  });
  deepEqual(await player.ask("app.load"), {});
  deepEqual(await player.ask("app.reset"), {});
  deepEqual(await player.ask("app.pause", { paused: true }), {});
  await settle(host, watcher);
  equal(host.room?.app.paused, true);
  deepEqual(watcher.publications.map(({ topic, from, body }) => [topic, from, body]), [
    ["room.saved", "room", { by: "p2" }],
    ["room.loaded", "room", { by: "p2" }],
    ["room.reset", "room", { by: "p2" }],
  ]);
  equal(await watcher.ask("app.pause", { paused: false }), "role.watcher");
  await player.ask("seat.leave");
  equal(await player.ask("app.save"), "seat.needed");
  scene.room[Symbol.dispose]();
});

Deno.test("[SAV2] on a full disk a save is refused, nobody else notices, and the one before is loaded", async () => {
  let fault: Error | undefined;
  const scene = openRoomScene({ unwritable: () => fault });
  const player = await RoomPage.announced(scene, ana);
  const watcher = await RoomPage.announced(scene, cem, "watcher");
  await watcher.ask("topic.subscribe", { pattern: "room.*" });
  await player.ask("app.save");
  fault = Object.assign(new Error("no space"), { code: "ENOSPC" });
  for (const body of [{}, { name: "Named" }]) {
    equal(await player.ask("app.save", body), "save.unwritable");
  }
  deepEqual(await player.ask("app.load"), {});
  await settle(watcher);
  const topics = watcher.publications.map(({ topic }) => topic);
  deepEqual(topics, ["room.saved", "room.loaded"]);
  deepEqual(scene.sources[0]!.deeds.at(-1), "load 010203");
  fault = undefined;
  equal("saved_at" in (await player.ask("app.save") as object), true);
  scene.room[Symbol.dispose]();
});

Deno.test("[SAV10] a player lists, renames and removes saves, seated or not; a watcher does not", async () => {
  const { scene, player, watcher } = await setup();
  const saves = openSaves(scene.files)(["usr_ana"]);
  const state = Uint8Array.of(1);
  for (let n = 1; n <= 10; n++) {
    const at = (1_700_000_000_000 + n) as EpochMillis;
    await saves.write(app.app_id, { state, at, name: `Save ${n}`, picture: Uint8Array.of(n) });
  }
  await player.ask("seat.leave");
  type Page = { saves: SaveEntry[]; more: boolean };
  const first = await player.ask("save.list", {}) as unknown as Page;
  deepEqual([first.saves.length, first.more, first.saves[0]!.name], [8, true, "Save 10"]);
  const after = first.saves.at(-1)!.id;
  const rest = await player.ask("save.list", { after }) as unknown as Page;
  deepEqual([rest.saves.map(({ name }) => name), rest.more], [["Save 2", "Save 1"], false]);
  const { id } = rest.saves[1]!;
  deepEqual(await player.ask("save.picture", { id }), { picture: Uint8Array.of(1) });
  deepEqual(await player.ask("save.rename", { id, name: "First" }), {});
  equal((await saves.list(app.app_id)).at(-1)!.name, "First");
  deepEqual(await player.ask("save.remove", { id }), {});
  equal(await player.ask("save.remove", { id }), "save.unknown");
  equal(await player.ask("save.picture", { id }), "save.unknown");
  equal(await player.ask("app.load", { id: rest.saves[0]!.id }), "seat.needed");
  for (const verb of ["save.list", "save.picture", "save.rename", "save.remove"] as const) {
    equal(await watcher.ask(verb, { id, name: "x" }), "role.watcher");
  }
  equal(await player.ask("save.remove", { id: "../../etc/passwd" }), "message.invalid");
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM11] a host sends a person out, who cannot come back to the room", async () => {
  const { scene, host, player } = await setup();
  equal(await player.ask("person.kick", { person: "p1" }), "role.host");
  equal(await host.ask("person.kick", { person: "p1" }), "role.host");
  deepEqual(await host.ask("person.kick", { person: "p2" }), {});
  deepEqual(scene.received("session.ended").at(-1)?.payload, {
    session_id: ben,
    reason: "kicked",
    message: "A host of the room sent you out",
  });
  equal(player.peer.disposed, true);
  const offers = scene.received("webrtc.offer").length;
  scene.send("webrtc.init", { session_id: ben, ice_servers: [] });
  scene.admit(ben, "host");
  scene.send("webrtc.init", { session_id: ben, ice_servers: [] });
  await settle(host);
  equal(scene.received("webrtc.offer").length, offers, "no offer is made");
  deepEqual(host.room?.people.map(({ id }) => id), ["p1", "p3"]);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM12] the newest lines of the chat are in the document, for who comes later too", async () => {
  const { scene, player, watcher, host } = await setup();
  for (let line = 0; line < CHAT_LINES + 3; line++) {
    scene.sources[0]!.control.tick();
    await scene.clock.run(1_100);
    await settle(player, watcher, host);
    const who = line % 2 === 0 ? player : watcher;
    deepEqual(await who.ask("chat.say", { text: `line ${line} עברית 😀` }), {});
  }
  await settle(host);
  equal(host.room?.chat.length, CHAT_LINES);
  deepEqual(host.room?.chat.at(-1), {
    id: `c${CHAT_LINES + 3}`,
    from: "p2",
    name: "ben",
    text: `line ${CHAT_LINES + 2} עברית 😀`,
    at: host.room!.chat.at(-1)!.at,
  });
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM12] a host closes the chat to watchers", async () => {
  const { scene, host, player, watcher } = await setup();
  equal(await player.ask("room.options", { watchers_chat: false }), "role.host");
  deepEqual(await host.ask("room.options", { watchers_chat: false }), {});
  equal(await watcher.ask("chat.say", { text: "hi" }), "chat.closed");
  equal(await watcher.ask("topic.publish", { topic: "people.wave", body: 1 }), "chat.closed");
  deepEqual(await player.ask("chat.say", { text: "hi" }), {});
  await settle(host);
  equal(host.room?.options.watchers_chat, false);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM13] a publication reaches those who subscribed to a pattern of it, once each", async () => {
  const { scene, host, player, watcher } = await setup();
  await watcher.ask("topic.subscribe", { pattern: "people.*" });
  await watcher.ask("topic.subscribe", { pattern: "people.wave" });
  await host.ask("topic.subscribe", { pattern: "people.dance" });
  await player.ask("topic.publish", { topic: "people.wave", body: { hand: "left" } });
  await settle(host, watcher);
  deepEqual(watcher.publications, [
    { type: "publication", topic: "people.wave", from: "p2", body: { hand: "left" } },
  ]);
  deepEqual(host.publications, []);
  await watcher.ask("topic.unsubscribe", { pattern: "people.*" });
  await watcher.ask("topic.unsubscribe", { pattern: "people.wave" });
  await player.ask("topic.publish", { topic: "people.wave", body: 1 });
  await settle(watcher);
  equal(watcher.publications.length, 1);
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM13] publications and subscriptions have bounds", async () => {
  const { scene, player } = await setup();
  equal(await player.ask("topic.publish", { topic: "room.saved", body: 1 }), "topic.forbidden");
  const body = "x".repeat(1_025);
  equal(await player.ask("topic.publish", { topic: "people.wave", body }), "too_large");
  for (let n = 0; n < 16; n++) {
    await scene.clock.run(200);
    deepEqual(await player.ask("topic.subscribe", { pattern: `people.t${n}` }), {});
  }
  equal(await player.ask("topic.subscribe", { pattern: "people.more" }), "too_many");
  scene.room[Symbol.dispose]();
});

Deno.test("[RCM14] what a flooding watcher sends changes nothing for the others", async () => {
  const { scene, host, watcher } = await setup();
  const bytes = encodeFromPage({ type: "oneway", verb: "chat.say", body: { text: "spam" } });
  for (let n = 0; n < 5_000; n++) watcher.peer.listener.message("commands", bytes);
  deepEqual(await host.ask("app.pause", { paused: true }), {});
  await settle(host);
  ok(host.room!.chat.length <= CHAT_LINES);
  equal(host.room?.app.paused, true);
  scene.room[Symbol.dispose]();
});
