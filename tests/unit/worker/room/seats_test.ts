import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { SessionId } from "../../../../protocol/ids.ts";
import { change, claim, leave, openSeats, seatOf } from "../../../../worker/room/seats/seats.ts";

const ana = SessionId.parse("ana");
const ben = SessionId.parse("ben");
const cem = SessionId.parse("cem");

Deno.test("[ROM4] a session takes the first open seat; without one it watches", () => {
  const seats = claim(claim(claim(openSeats(2), ana), ben), cem);
  deepEqual(seats, [ana, ben]);
  equal(seatOf(seats, cem), undefined);
});

Deno.test("[ROM4] a session that holds a seat keeps it", () => {
  const seats = claim(openSeats(2), ana);
  equal(claim(seats, ana), seats);
});

Deno.test("[ROM5] a held seat cannot be taken", () => {
  const seats = claim(claim(openSeats(2), ana), ben);
  deepEqual(change(seats, { session: ben, seat: 0 }), {
    code: "seat.taken",
    error: "Cannot take seat P1: another player has it",
    seat: 0,
    seats: 2,
  });
});

Deno.test("[ROM5] a seat that does not exist cannot be taken", () => {
  deepEqual(change(openSeats(2), { session: ana, seat: 3 }), {
    code: "seat.unknown",
    error: "Cannot take seat P4: the room has 2",
    seat: 3,
    seats: 2,
  });
});

Deno.test("[ROM5] a session frees its seat when it moves to another or leaves the seats", () => {
  const seats = claim(openSeats(2), ana);
  deepEqual(change(seats, { session: ana, seat: 1 }), [undefined, ana]);
  deepEqual(change(seats, { session: ana, seat: undefined }), [undefined, undefined]);
});

Deno.test("[ROM4] after any changes no session holds two seats", () => {
  const session = fc.constantFrom(ana, ben, cem);
  const deed = fc.oneof(
    session.map((who) => ({ verb: "claim" as const, who, seat: undefined })),
    session.map((who) => ({ verb: "leave" as const, who, seat: undefined })),
    fc.record({
      verb: fc.constant("change" as const),
      who: session,
      seat: fc.option(fc.nat(4), { nil: undefined }),
    }),
  );
  fc.assert(fc.property(fc.nat(4), fc.array(deed), (count, deeds) => {
    let seats = openSeats(count);
    for (const { verb, who, seat } of deeds) {
      const next = verb === "claim"
        ? claim(seats, who)
        : verb === "leave"
        ? leave(seats, who)
        : change(seats, { session: who, seat });
      if (!("error" in next)) seats = next;
    }
    equal(seats.length, count);
    const holders = seats.filter((holder) => holder !== undefined);
    ok(new Set(holders).size === holders.length);
  }));
});
