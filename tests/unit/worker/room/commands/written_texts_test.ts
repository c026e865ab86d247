/** Names and lines of chat of every script and direction, as a room takes them. */
import { deepEqual, equal } from "node:assert/strict";
import { ROOM_PROTOCOL } from "../../../../../protocol/room_commands/verbs.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";

async function setup() {
  const scene = openRoomScene();
  const page = await RoomPage.announced(scene, ana, "host");
  const other = await RoomPage.announced(scene, ben);
  return { scene, page, other };
}

for (
  const [what, text] of [
    ["Arabic", "مرحبا بالعالم"],
    ["Hebrew with points", "שָׁלוֹם"],
    ["both directions", "Ana قالت hello"],
    ["marks of direction", "שלום\u200f!"],
    ["Thai", "สวัสดีชาวโลก"],
    ["Devanagari", "क्षत्रिय"],
    ["Tibetan", "བོད་སྐད་"],
    ["Vietnamese, decomposed", "Nguyễn".normalize("NFD")],
    ["Chinese", "漢字"],
    ["Korean", "안녕하세요"],
    ["a family of emoji", "👨‍👩‍👧‍👦"],
    ["a flag of a region", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
    ["a keycap", "1️⃣"],
    ["a letter beyond the first plane", "𝔄𝔫𝔞"],
    ["markup", "<b>&amp;</b>"],
  ] as const
) {
  Deno.test(`[RCM17] ${what} is shown to others as it was written`, async () => {
    const { scene, page, other } = await setup();
    equal(typeof await page.ask("announce", { protocol: ROOM_PROTOCOL, name: text }), "object");
    deepEqual(await page.ask("chat.say", { text }), {});
    await settle(page, other);
    equal(other.room?.people[0]?.name, text);
    deepEqual(other.room?.chat.map(({ name, text }) => [name, text]), [[text, text]]);
    scene.room[Symbol.dispose]();
  });
}

for (
  const [what, text] of [
    ["an override of direction", "Ana \u202etxt.exe"],
    ["an embedding", "\u202bAna\u202c"],
    ["an isolate", "\u2067Ana\u2069"],
    ["an isolate that is not closed", "\u2066Ana"],
    ["a line break", "Ana\nBen: hi"],
    ["a line separator", "Ana\u2028Ben: hi"],
    ["NUL", "Ana\0"],
    ["an order to a terminal", "\u001b[2JAna"],
    ["a control of the second block", "Ana\u009b"],
    ["a pile of marks", "A" + "\u0300".repeat(9)],
    ["nothing", ""],
    ["spaces alone", " \u3000\u00a0"],
    ["zero-width characters alone", "\u200b\u200d\u2060\ufeff"],
    ["letters that show nothing", "\u3164\uffa0"],
    ["marks of direction alone", "\u200e\u200f"],
    ["more than fits", "👨‍👩‍👧‍👦".repeat(60)],
    ["a number", 5],
    ["a list", ["Ana"]],
  ] as const
) {
  Deno.test(`[RCM17] ${what} is refused, and nobody else notices`, async () => {
    const { scene, page, other } = await setup();
    await settle(page, other);
    const before = other.document;
    equal(await page.ask("announce", { protocol: ROOM_PROTOCOL, name: text }), "message.invalid");
    equal(await page.ask("chat.say", { text }), "message.invalid");
    await settle(page, other);
    equal(other.document, before);
    equal(page.room?.people[0]?.name, ana, "the name of before stays");
    scene.room[Symbol.dispose]();
  });
}

Deno.test("[RCM17] half of a surrogate pair is no text: it comes as a replacement or not at all", async () => {
  const { scene, page, other } = await setup();
  for (const text of ["\ud83d", "Ana\udc00", "\udc00\ud83d"]) {
    await page.ask("chat.say", { text });
  }
  await settle(page, other);
  for (const { text } of other.room!.chat) equal(text.isWellFormed(), true);
  scene.room[Symbol.dispose]();
});
