import { deepEqual, equal } from "node:assert/strict";
import type { PersonView } from "../../../../protocol/room_state/components.ts";
import { EntityId } from "../../../../protocol/room_state/document.ts";
import { givable, mayIn, mayPlay, requestsFor } from "../../../../web/play/room/may.ts";
import {
  cameBy,
  doesWhat,
  hasOthers,
  linkWord,
  nameOf,
  peopleRows,
} from "../../../../web/play/room/people.ts";
import { person, room } from "./rooms.ts";

const id = (text: string) => EntityId.parse(text);

Deno.test("[RDO14] the list has who plays first, then hosts, then the others as they came", () => {
  const joined = room({
    people: [person("p1"), person("p2", { role: "host", name: "Ada" }), person("p3")],
    seats: [{ seat: 0, locked: false, holder: id("p3") }, { seat: 1, locked: false }],
    you: "p1",
  });
  const rows = peopleRows(joined);
  deepEqual(rows.map(({ name, isYou }) => [name, isYou]), [
    ["Guest 3", false],
    ["Ada", false],
    ["Guest 1", true],
  ]);
  deepEqual(rows.map((row) => doesWhat(row, false)), ["plays as P1", "watches", "watches"]);
});

Deno.test("a name that shows nothing, in whatever script, is a guest's", () => {
  for (const blank of ["\u200b", "\u3164\u2800", "\u200e\u0301", "\u00a0\u2003"]) {
    equal(nameOf(blank, "p7"), "Guest 7", JSON.stringify(blank));
  }
  for (const name of ["Ада", "عبد الله", "नमस्ते", "李", "👩‍🚀", "אדה 2"]) {
    equal(nameOf(name, "p7"), name);
  }
});

Deno.test("a link is named only when it carries pictures badly, and only while there is one", () => {
  const word = (change: Partial<PersonView>) =>
    linkWord(peopleRows(room({ people: [person("p1", change)], you: "p1" }))[0]!);
  equal(word({}), undefined);
  equal(word({ quality: "good" }), undefined);
  equal(word({ quality: "fair" }), "unsteady link");
  equal(word({ quality: "poor" }), "poor link");
  equal(word({ quality: "poor", connected: false }), undefined);
});

Deno.test("[RCM5] the page offers what the worker allows", () => {
  const people = [
    person("p1", { role: "player" }),
    person("p2", { role: "host" }),
    person("p3", { role: "watcher" }),
    person("p4", { role: "player", asks: 0 }),
  ];
  const seats = [{ seat: 0, locked: false, holder: id("p1") }, { seat: 1, locked: true }];
  const as = (you: string) => {
    const joined = room({ people, seats, you });
    const may = mayIn(joined, { live: false });
    return {
      may,
      gives: (to: string) => givable(joined, may, id(to)),
      requests: requestsFor(joined, may).map((request) => request.person),
    };
  };
  const [holder, host, watcher, other] = ["p1", "p2", "p3", "p4"].map(as);
  deepEqual([holder!.gives("p4"), host!.gives("p4"), other!.gives("p1")], [[0], [0, 1], []]);
  deepEqual([holder!.gives("p3"), host!.gives("p3")], [[], []], "watchers hold no seat");
  deepEqual([holder!.requests, host!.requests, watcher!.requests, other!.requests], [
    ["p4"],
    ["p4"],
    [],
    [],
  ]);
  equal(other!.may("seat.take", { seat: 1 }), false, "locked");
  equal(host!.may("person.kick", { person: id("p1") }), true);
  equal(as("p2").may("person.kick", { person: id("p2") }), false, "a host");
  equal(holder!.may("person.kick", { person: id("p3") }), false);
  equal(watcher!.may("chat.say"), true);
});

Deno.test("[PAS13] who came by a link is named", () => {
  const people = [
    person("p1"),
    person("p2", { link: "shr_1", name: "Ada" }),
    person("p3", { link: "shr_1" }),
  ];
  deepEqual(cameBy(room({ people }), "shr_1"), ["Ada", "Guest 3"]);
  deepEqual(cameBy(room({ people }), "shr_2"), []);
});

Deno.test("[REC5] recording is offered to whoever may play, and not to those who only watch", () => {
  const people = [person("p1", { role: "player" }), person("p2", { role: "watcher" })];
  equal(mayPlay(room({ people, you: "p1" })), true);
  equal(mayPlay(room({ people, you: "p2" })), false);
  equal(mayPlay(undefined), true, "the worker decides");
});

Deno.test("[VOI4] who is alone in a room has nobody to talk to", () => {
  equal(hasOthers(undefined), false);
  equal(hasOthers(room({ people: [person("p1")], you: "p1" })), false);
  equal(hasOthers(room({ people: [person("p1"), person("p2")], you: "p1" })), true);
});
