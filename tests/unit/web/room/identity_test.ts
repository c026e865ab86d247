import { deepEqual, equal } from "node:assert/strict";
import { ROOM_PROTOCOL } from "../../../../protocol/room_commands/verbs.ts";
import { signal } from "@preact/signals";
import { refuse } from "../../../../protocol/envelope.ts";
import { MAX_CHAT, MAX_NAME, PersonName } from "../../../../protocol/room_state/components.ts";
import type { MediaConnection } from "../../../../web/play/media/media_connection.ts";
import { cleanText, createIdentity, typedName } from "../../../../web/play/room/identity.ts";
import { createRoomActions } from "../../../../web/play/room/room_actions.ts";

function memory(first?: string) {
  const kept = new Map<string, string>(first === undefined ? [] : [["farpad.person", first]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}
const random = { unit: () => 0.5 };

Deno.test("name and colour are kept in the browser; the first colour is one by chance", () => {
  const storage = memory();
  const first = createIdentity({ storage: () => storage, random });
  deepEqual(first.own.value, { colour: 6 });
  first.keep({ name: "Ada", colour: 2 });
  deepEqual(createIdentity({ storage: () => storage, random }).own.value, {
    name: "Ada",
    colour: 2,
  });
});

Deno.test("what the storage holds is checked, and one that fails loses nothing of this visit", () => {
  for (const bad of ["no json", "[]", '{"colour":99}', '{"colour":1,"name":"a\\u202eb"}']) {
    deepEqual(createIdentity({ storage: () => memory(bad), random }).own.value, { colour: 6 });
  }
  const warnings: string[] = [];
  const full = {
    getItem: () => null,
    setItem() {
      throw new Error("quota");
    },
  };
  const warn = (text: string) => void warnings.push(text);
  const identity = createIdentity({ storage: () => full, random, warn });
  identity.keep({ colour: 1, name: "Ada" });
  deepEqual(identity.own.value, { colour: 1, name: "Ada" });
  equal(warnings.length, 1);
});

Deno.test("a typed name is one that the room takes, whatever was typed or pasted", () => {
  const texts = [
    "  Ada ",
    "\u202eevil\u202c",
    "a\nb\u0000c",
    "x".repeat(99),
    "😀".repeat(30),
    "\ud800",
  ];
  for (const text of texts) {
    const name = typedName(text);
    if (name !== undefined) equal(PersonName.safeParse(name).success, true, JSON.stringify(text));
    equal((name ?? "").length <= MAX_NAME, true);
  }
  deepEqual([typedName("  "), typedName("\u202e"), typedName(" Ada ")], [
    undefined,
    undefined,
    "Ada",
  ]);
  equal(cleanText("y".repeat(999), MAX_CHAT).length, MAX_CHAT);
});

Deno.test("[RCM2] a new name reaches the room, and a refusal is a sentence", async () => {
  const asked: unknown[] = [];
  let answer: object = {};
  const room = {
    joined: signal<unknown>({}),
    ask: (verb: string, body: object) => {
      asked.push([verb, body]);
      return Promise.resolve(answer);
    },
  };
  const media = signal({ room } as unknown as MediaConnection);
  const identity = createIdentity({ storage: () => memory(), random });
  const actions = createRoomActions({ media, identity });
  equal(await actions.introduce({ name: "Ada", colour: 3 }), undefined);
  equal(await actions.say("  hello\u202e "), undefined);
  equal(await actions.say(" \n "), undefined);
  deepEqual(asked, [
    ["announce", { name: "Ada", colour: 3, protocol: ROOM_PROTOCOL }],
    ["chat.say", { text: "hello" }],
  ]);
  answer = refuse("chat.rate", "too fast");
  equal(await actions.say("again"), "You write too fast for this chat. Wait a few seconds.");
  room.joined.value = undefined;
  equal(await actions.say("again"), "The room cannot be reached at the moment.");
  equal(await actions.introduce({ colour: 1 }), undefined, "kept for the next room");
});
