import { deepEqual, equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import type { Publication } from "../../../../protocol/room_commands/wire.ts";
import { EntityId } from "../../../../protocol/room_state/document.ts";
import type { MediaConnection } from "../../../../web/play/media/media_connection.ts";
import type { JoinedRoom } from "../../../../web/play/media/room_lane.ts";
import { chatRows, readUpTo, unreadRows } from "../../../../web/play/room/chat.ts";
import { latestOf } from "../../../../web/play/room/latest.ts";
import { createRoomModel } from "../../../../web/play/room/room_model.ts";
import { publicationWords } from "../../../../web/play/room/room_words.ts";
import { line, person, room } from "./rooms.ts";

Deno.test("[RCM12] what was written before one came is no news, what others write later is", () => {
  const before = room({ chat: [line(1), line(2)] });
  const mark = readUpTo(undefined, before.room, { open: false });
  deepEqual(unreadRows(chatRows(before), mark), []);
  const after = room({ chat: [line(1), line(2), line(3), line(4, "p1")] });
  deepEqual(readUpTo(mark, after.room, { open: false }), mark, "nobody looked");
  deepEqual(unreadRows(chatRows(after), mark).map(({ number }) => number), [3]);
  deepEqual(unreadRows(chatRows(after), readUpTo(mark, after.room, { open: true })), []);
});

Deno.test("another room in its place begins its chat anew", () => {
  const mark = readUpTo(undefined, room({ chat: [line(19)] }).room, { open: false });
  const next = room({ chat: [line(1)], began: 9 });
  deepEqual(readUpTo(mark, next.room, { open: false }), { began: 9, upTo: 1 });
});

Deno.test("a request that one decides about comes before what was written", () => {
  const seats = [{ seat: 0, locked: false, holder: EntityId.parse("p1") }];
  const people = [person("p1"), person("p2", { asks: 0, name: "Ada" })];
  const joined = room({ people, seats, chat: [line(1)] });
  equal(latestOf(joined, chatRows(joined))?.text, "asks for P1");
  equal(latestOf(room({ chat: [line(1)] }), chatRows(joined))?.text, "line 1");
  equal(latestOf(joined && room({}), []), undefined);
});

Deno.test("[RCM10] others are told what somebody did, and who asked that the request was refused", () => {
  const joined = room({ people: [person("p1"), person("p2", { name: "Ada" })] });
  const words = (topic: string, body: unknown, from = "room") =>
    publicationWords({ topic, from: EntityId.parse(from), body }, joined);
  equal(words("room.saved", { by: "p2" }), "\u2068Ada\u2069 saved the game.");
  equal(words("room.reset", { by: "p9" }), "\u2068Guest 9\u2069 started over.");
  equal(
    words("room.rewound", { by: "p2", seconds: 12 })?.replaceAll("\u202f", " "),
    "\u2068Ada\u2069 went back 12 s.",
  );
  equal(words("room.rewind_undone", { by: "p2" }), "\u2068Ada\u2069 undid going back.");
  equal(
    words("room.option", { by: "p2", name: "Border", value: "on" })
      ?.replaceAll(/[\u2068\u2069]/g, ""),
    "Ada set “Border” to “on”.",
  );
  equal(words("room.saved", { by: "p1" }), undefined, "one's own");
  equal(words("room.saved", { by: "p2" }, "p2"), undefined, "not of the room");
  equal(words("room.refused", { by: "p2", person: "p3", seat: 0, wait_ms: 1 }), undefined);
  equal(
    words("room.refused", { by: "p2", person: "p1", seat: 0, wait_ms: 30_000 })
      ?.replaceAll("\u202f", " "),
    "\u2068Ada\u2069 keeps P1. Ask again in 30 s.",
  );
  equal(words("room.saved", "nonsense"), undefined);
});

Deno.test("the sheet reads the chat only while that part of it is open", () => {
  const joined = signal<JoinedRoom | undefined>(room({}));
  let publish: ((publication: Publication) => void) | undefined;
  const listen = (_: string, take: typeof publish) => {
    publish = take;
    return { [Symbol.dispose]: () => void (publish = undefined) };
  };
  const media = signal({ room: { listen } } as unknown as MediaConnection);
  const toasts: string[] = [];
  const toaster = { done: (text: string) => void toasts.push(text) };
  using model = createRoomModel({ joined, media }, toaster);
  joined.value = room({ chat: [line(1)] });
  equal(model.unread.value.length, 1);
  model.setOpen(true);
  equal(model.unread.value.length, 1, "the people are shown");
  model.show("chat");
  equal(model.unread.value.length, 0);
  joined.value = undefined;
  joined.value = room({ chat: [line(1), line(2)] });
  equal(model.unread.value.length, 0, "also after the connection was made anew");
  publish?.({
    type: "publication",
    topic: "room.saved",
    from: EntityId.parse("room"),
    body: { by: "p2" },
  });
  deepEqual(toasts, ["\u2068Guest 2\u2069 saved the game."]);
  model[Symbol.dispose]();
  equal(publish, undefined);
});
