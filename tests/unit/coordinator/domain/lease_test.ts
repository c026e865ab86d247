import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  emptyPlaces,
  freePlaces,
  grant,
  LEASE_TIME,
  occupy,
  overdue,
  type Places,
  release,
  vacate,
} from "../../../../coordinator/domain/lease.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { RoomId, SessionId } from "../../../../protocol/ids.ts";

const at = (now: number) => now as Millis;
const [ana, ben] = [SessionId.parse("ana"), SessionId.parse("ben")];
const room = RoomId.parse("r1");

/** Grants a place; throws when no place is free. */
function granted(places: Places, session: SessionId, now = 0): Places {
  const after = grant(places, session, at(now));
  ok(after, "no place was free");
  return after;
}

Deno.test("[PLC1] places are granted while some are free", () => {
  const places = granted(emptyPlaces(1), ana);
  equal(freePlaces(places), 0);
  equal(grant(places, ben, at(0)), undefined);
});

Deno.test("[PLC1] a session that asks again keeps its one place", () => {
  const places = granted(granted(emptyPlaces(1), ana, 0), ana, 10);
  equal(freePlaces(places), 0);
  deepEqual(overdue(places, at(LEASE_TIME)), []);
  deepEqual(overdue(places, at(LEASE_TIME + 10)), [ana]);
});

Deno.test("[PLC2] a room takes over its player's place and holds it", () => {
  const open = occupy(granted(emptyPlaces(1), ana), room, [ana]);
  equal(freePlaces(open), 0);
  equal(freePlaces(release(open, ana)), 0);
  equal(freePlaces(vacate(open, room)), 1);
});

Deno.test("[PLC3] a released place is free", () => {
  equal(freePlaces(release(granted(emptyPlaces(1), ana), ana)), 1);
});

Deno.test("[PLC4] the number of free places is 0 when there are more rooms than places", () => {
  const rooms = ["r1", "r2", "r3"].map((id) => RoomId.parse(id));
  const places = rooms.reduce((all, id) => occupy(all, id, []), emptyPlaces(2));
  equal(freePlaces(places), 0);
  equal(grant(places, ana, at(0)), undefined);
  equal(freePlaces(vacate(places, rooms[0]!)), 0);
  equal(freePlaces(vacate(vacate(places, rooms[0]!), rooms[1]!)), 1);
});

Deno.test("[PLC1] releasing a place that is not held changes nothing", () => {
  const places = emptyPlaces(1);
  equal(release(places, ana), places);
  equal(vacate(places, room), places);
});

const id = fc.nat(6);
const change = fc.oneof(
  id.map((n) => ({ kind: "grant" as const, n })),
  id.map((n) => ({ kind: "release" as const, n })),
  id.map((n) => ({ kind: "open" as const, n })),
  id.map((n) => ({ kind: "close" as const, n })),
);

Deno.test("[PLC1] in any order of events no grant exceeds the capacity", () => {
  fc.assert(fc.property(fc.nat(4), fc.array(change, { maxLength: 60 }), (capacity, changes) => {
    let places = emptyPlaces(capacity);
    for (const { kind, n } of changes) {
      const [session, own] = [SessionId.parse(`s${n}`), RoomId.parse(`r${n}`)];
      switch (kind) {
        case "grant": {
          const after = grant(places, session, at(0));
          if (after && after.sessions.size > places.sessions.size) {
            ok(after.sessions.size + after.rooms.size <= capacity);
          }
          places = after ?? places;
          break;
        }
        case "release":
          places = release(places, session);
          break;
        case "open":
          // A worker opens a room only for a session that was granted a place.
          if (places.sessions.has(session)) places = occupy(places, own, [session]);
          break;
        case "close":
          places = vacate(places, own);
      }
      ok(places.sessions.size + places.rooms.size <= capacity);
      equal(freePlaces(places), capacity - places.sessions.size - places.rooms.size);
    }
  }));
});
