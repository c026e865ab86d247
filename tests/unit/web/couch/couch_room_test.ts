import { deepEqual, equal } from "node:assert/strict";
import { readRoom } from "../../../../protocol/room_state/components.ts";
import { type Entities, EntityId } from "../../../../protocol/room_state/document.ts";
import { couchRoom } from "../../../../web/play/couch/couch_room.ts";
import { doesWhat, peopleRows } from "../../../../web/play/room/people.ts";

const you = EntityId.parse("p1");

function joined(seats: Entities, role = "player") {
  const room = readRoom({
    room: { app: { app_id: "duel", title: "Duel", paused: false } },
    ...seats,
    p1: { person: { name: "Ann", role, connected: true } },
    p2: { person: { name: "Bob", role: "player", connected: true } },
  })!;
  return { room, you };
}

const mine = { seat: { holder: "p1" } };
const further = { seat: { holder: "p1", further: true } };
const theirs = { seat: { holder: "p2" } };

Deno.test("[CPL6] the next gamepad gets the first seat that is open and not locked", () => {
  const locked = { seat: { locked: true } };
  const seats = { seat0: mine, seat1: locked, seat2: further, seat3: { seat: {} } };
  deepEqual(couchRoom(joined(seats)), { further: [2], open: 3 });
});

Deno.test("[CPL7] a full room and a locked one say why there is none; a watcher and a game for one do not", () => {
  deepEqual(couchRoom(joined({ seat0: mine, seat1: theirs })), {
    further: [],
    whyNot: "No seat is free, so the gamepad plays as you do.",
  });
  equal(
    couchRoom(joined({ seat0: mine, seat1: { seat: { locked: true } } }))?.whyNot,
    "P2 is locked, so the gamepad plays as you do. A host of the room can unlock it.",
  );
  deepEqual(couchRoom(joined({ seat0: mine })), { further: [] });
  deepEqual(couchRoom(joined({ seat0: theirs, seat1: { seat: {} } }, "watcher")), { further: [] });
  equal(couchRoom(undefined), undefined);
});

Deno.test("[CPL5] the list of people shows both seats as one person's", () => {
  const rows = peopleRows(joined({ seat0: further, seat1: mine, seat2: theirs, seat3: further }));
  deepEqual(rows.map((row) => doesWhat(row, false)), [
    "plays as P1, P2 and P4",
    "plays as P3",
  ]);
});
