import { deepEqual, equal } from "node:assert/strict";
import { RoomRole } from "../../../../protocol/pass.ts";
import { type Circumstances, RIGHTS, whyNot } from "../../../../protocol/room_commands/rights.ts";
import { type Verb, VERB_NAMES } from "../../../../protocol/room_commands/verbs.ts";

const both = [false, true] as const;

/** All people that differ in what rights depend on, about seat 0. */
const PEOPLE: readonly Circumstances[] = RoomRole.options.flatMap((role) =>
  both.flatMap((announced) =>
    [[], [0], [1], [1, 0]].flatMap((ownSeats) =>
      both.flatMap((locked) =>
        [undefined, ...RoomRole.options].flatMap((target) =>
          both.flatMap((watchersChat) =>
            both.flatMap((live) =>
              both.map((ownTrack) => ({
                role,
                announced,
                ownSeats,
                seat: 0,
                locked,
                target,
                watchersChat,
                live,
                ownTrack,
              }))
            )
          )
        )
      )
    )
  )
);

/** The rule of each verb, said once more and differently: a sentence about the person. */
const MAY: Readonly<Record<Verb, (person: Circumstances) => boolean>> = {
  "announce": () => true,
  "seat.take": ({ role, locked, ownSeats }) =>
    role === "host" || (role === "player" && (!locked || ownSeats.includes(0))),
  "seat.add": ({ role, locked, ownSeats }) =>
    ownSeats.length > 0 &&
    (role === "host" || (role === "player" && (!locked || ownSeats.includes(0)))),
  "seat.leave": () => true,
  "seat.give": ({ role, ownSeats }) =>
    role === "host" || (role === "player" && ownSeats.includes(0)),
  "seat.lock": ({ role }) => role === "host",
  "seat.request": ({ role }) => role !== "watcher",
  "seat.refuse": ({ role, ownSeats }) =>
    role === "host" || (role === "player" && ownSeats.includes(0)),
  "app.save": plays,
  "app.load": plays,
  "app.reset": plays,
  "app.rewind": plays,
  "app.undo_rewind": plays,
  "app.pause": plays,
  "save.list": manages,
  "save.picture": manages,
  "save.rename": manages,
  "save.remove": manages,
  "save.download": manages,
  "save.upload": plays,
  "option.list": ({ live }) => !live,
  "option.set": ({ role, live }) => role === "host" && !live,
  "record.set": ({ role }) => role !== "watcher",
  "record.clip": ({ role }) => role !== "watcher",
  "room.screenshot": () => true,
  "room.options": ({ role }) => role === "host",
  "person.kick": ({ role, target }) => role === "host" && target !== "host",
  "chat.say": writes,
  "topic.subscribe": () => true,
  "topic.unsubscribe": () => true,
  "topic.publish": writes,
  "track.allocate": writes,
  "track.release": ({ ownTrack }) => ownTrack === true,
  "track.subscribe": () => true,
  "track.unsubscribe": () => true,
};

for (const verb of VERB_NAMES) {
  Deno.test(`[RCM5] who may ${verb}: everybody of the table, and nobody else`, () => {
    for (const person of PEOPLE) {
      const expected = (person.announced || verb === "announce") && MAY[verb](person);
      equal(whyNot(verb, person) === undefined, expected, JSON.stringify(person));
    }
  });
}

Deno.test("[RCM5] every verb is in the table, and no other", () => {
  deepEqual(Object.keys(RIGHTS).sort(), [...VERB_NAMES].sort());
});

Deno.test("[RCM5] the first reason is given: announcement, role, seat, state", () => {
  const watcher: Circumstances = {
    announced: false,
    role: "watcher",
    ownSeats: [],
    seat: 0,
    locked: true,
    watchersChat: false,
    live: true,
  };
  equal(whyNot("seat.take", watcher), "announce.needed");
  const announced = { ...watcher, announced: true };
  equal(whyNot("seat.take", announced), "role.watcher");
  equal(whyNot("seat.lock", announced), "role.host");
  equal(whyNot("chat.say", announced), "chat.closed");
  const player = { ...announced, role: "player" } as const;
  equal(whyNot("app.save", player), "seat.needed");
  equal(whyNot("seat.give", player), "seat.needed");
  equal(whyNot("seat.take", player), "seat.locked");
  equal(whyNot("app.save", { ...player, ownSeats: [0] }), "app.live");
});

function plays({ role, ownSeats, live }: Circumstances): boolean {
  return role !== "watcher" && ownSeats.length > 0 && !live;
}

function manages({ role, live }: Circumstances): boolean {
  return role !== "watcher" && !live;
}

function writes({ role, watchersChat }: Circumstances): boolean {
  return role !== "watcher" || watchersChat;
}
