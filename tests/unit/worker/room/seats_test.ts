import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { SessionId } from "../../../../protocol/ids.ts";
import {
  add,
  change,
  claim,
  leave,
  openTable,
  seatOf,
  seatsOf,
  type Table,
  vacate,
} from "../../../../worker/room/seats/seats.ts";

const ana = SessionId.parse("ana");
const ben = SessionId.parse("ben");
const cem = SessionId.parse("cem");

Deno.test("[ROM4] a session takes the first open seat; without one it watches", () => {
  const table = claim(claim(claim(openTable(2), ana), ben), cem);
  deepEqual(table.seats, [ana, ben]);
  equal(seatOf(table, cem), undefined);
});

Deno.test("[ROM4] a session that holds a seat keeps it", () => {
  const table = claim(openTable(2), ana);
  equal(claim(table, ana), table);
});

Deno.test("[ROM5] a held seat cannot be taken", () => {
  const table = claim(claim(openTable(2), ana), ben);
  const taken = {
    code: "seat.taken",
    error: "Cannot take seat P1: another player has it",
    seat: 0,
    seats: 2,
  };
  deepEqual(change(table, { session: ben, seat: 0 }), taken);
  deepEqual(add(table, { session: ben, seat: 0 }), taken);
});

Deno.test("[ROM5] a seat that does not exist cannot be taken", () => {
  deepEqual(change(openTable(2), { session: ana, seat: 3 }), {
    code: "seat.unknown",
    error: "Cannot take seat P4: the room has 2",
    seat: 3,
    seats: 2,
  });
});

Deno.test("[ROM5] a session frees its seat when it moves to another or leaves the seats", () => {
  const table = claim(openTable(2), ana);
  deepEqual(holders(change(table, { session: ana, seat: 1 })), [undefined, ana]);
  deepEqual(holders(change(table, { session: ana, seat: undefined })), [undefined, undefined]);
});

Deno.test("[CPL4] on a further seat of its own a first pad changes places; elsewhere it takes the seat", () => {
  const table = granted(add(claim(openTable(3), ana), { session: ana, seat: 1 }));
  equal(seatOf(table, ana), 0);
  deepEqual(seatsOf(table, ana), [0, 1]);
  const swapped = granted(change(table, { session: ana, seat: 1 }));
  deepEqual([swapped.seats, [...swapped.further]], [[ana, ana, undefined], [0]]);
  const moved = granted(change(table, { session: ana, seat: 2 }));
  deepEqual([moved.seats, [...moved.further]], [[undefined, ana, ana], [1]]);
});

Deno.test("[CPL4] whoever loses its first seat has the lowest further one as the first", () => {
  const two = granted(add(claim(openTable(4), ana), { session: ana, seat: 3 }));
  const three = granted(add(two, { session: ana, seat: 2 }));
  const left = vacate(three, 0);
  equal(seatOf(left, ana), 2);
  deepEqual([...left.further], [3]);
  equal(seatOf(vacate(left, 2), ana), 3);
  equal(vacate(left, 1), left);
});

Deno.test("[ROM4] [CPL4] after any changes whoever holds seats has one first seat", () => {
  const session = fc.constantFrom(ana, ben, cem);
  const deed = fc.record({
    verb: fc.constantFrom("claim", "leave", "change", "add", "vacate"),
    who: session,
    seat: fc.nat(4),
  });
  fc.assert(fc.property(fc.nat(4), fc.array(deed), (count, deeds) => {
    let table = openTable(count);
    for (const { verb, who, seat } of deeds) {
      const next = act(table, verb, { session: who, seat });
      if (!("error" in next)) table = next;
    }
    equal(table.seats.length, count);
    for (const who of [ana, ben, cem]) {
      const held = seatsOf(table, who);
      const first = held.filter((seat) => !table.further.has(seat));
      deepEqual(first, held.length === 0 ? [] : [seatOf(table, who)]);
    }
    ok([...table.further].every((seat) => table.seats[seat] !== undefined));
  }));
});

function act(table: Table, verb: string, which: { session: SessionId; seat: number }) {
  switch (verb) {
    case "claim":
      return claim(table, which.session);
    case "leave":
      return leave(table, which.session);
    case "change":
      return change(table, which);
    case "vacate":
      return vacate(table, which.seat);
    default:
      // As the owner of the table does: a further seat is for who holds one.
      return seatOf(table, which.session) === undefined ? table : add(table, which);
  }
}

function holders(table: ReturnType<typeof change>) {
  return granted(table).seats;
}

function granted(table: ReturnType<typeof change>): Table {
  if ("error" in table) throw new Error(table.error);
  return table;
}
