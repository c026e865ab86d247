import { deepEqual, equal } from "node:assert/strict";
import type { Millis } from "../../../protocol/clock.ts";
import { RoomId, SessionId } from "../../../protocol/ids.ts";
import { KEPT_LONGEST, KEPT_SHORTEST, KeptRooms, keptUntil } from "../../../worker/kept_rooms.ts";
import { FakeClock } from "../../fakes/clock.ts";

const [one, two] = [RoomId.parse("room_1"), RoomId.parse("room_2")];
const [ana, ben] = [SessionId.parse("ana"), SessionId.parse("ben")];

function setup({ unused }: { unused: number }) {
  const clock = new FakeClock();
  const worker = { unused };
  const closed: [RoomId, string][] = [];
  const changed: RoomId[] = [];
  const kept = new KeptRooms({
    clock,
    unused: () => worker.unused,
    close: (room, reason) => void closed.push([room, reason]),
    changed: (room) => void changed.push(room),
  });
  return { clock, worker, closed, changed, kept };
}

Deno.test("[ROM37] a room is kept for 30 s where no place is unused, and for 5 min where one is", () => {
  const since = 7_000 as Millis;
  equal(keptUntil(since, { unused: 0 }), 37_000);
  equal(keptUntil(since, { unused: 1 }), 307_000);
});

Deno.test("[ROM37] a kept room closes as left when its time is over, and not before", () => {
  const { clock, closed, kept } = setup({ unused: 0 });
  kept.left(one);
  equal(kept.closesAt(one), clock.epoch() + KEPT_SHORTEST);
  clock.advance(KEPT_SHORTEST - 1);
  deepEqual(closed, []);
  clock.advance(1);
  deepEqual(closed, [[one, "left"]]);
  equal(kept.closesAt(one), undefined);
  equal(clock.pending, 0);
});

Deno.test("[ROM37] a room is kept longer when a place becomes unused, and closes at once when the last one is used", () => {
  const { clock, worker, closed, changed, kept } = setup({ unused: 0 });
  kept.left(one);
  clock.advance(KEPT_SHORTEST - 1);
  worker.unused = 1;
  kept.fit();
  deepEqual(changed, [one]);
  clock.advance(KEPT_LONGEST / 2);
  deepEqual(closed, []);
  worker.unused = 0;
  kept.fit();
  deepEqual(closed, [[one, "left"]]);
});

Deno.test("[ROM37] a session that enters a kept room ends its waiting", () => {
  const { clock, closed, kept } = setup({ unused: 0 });
  kept.left(one);
  kept.remove(one);
  clock.advance(2 * KEPT_LONGEST);
  deepEqual(closed, []);
  equal(clock.pending, 0);
});

Deno.test("[ROM36] the room that was left first gives way, one for each session", () => {
  const { clock, closed, kept } = setup({ unused: 0 });
  kept.left(one);
  clock.advance(1_000);
  kept.left(two);
  kept.giveWay(ana);
  kept.giveWay(ana);
  deepEqual(closed, [[one, "place_needed"]]);
  kept.giveWay(ben);
  deepEqual(closed, [[one, "place_needed"], [two, "place_needed"]]);
  equal(kept.size, 0);
});

Deno.test("[ROM36] a session for which a room gave way may need another one later", () => {
  const { closed, kept } = setup({ unused: 0 });
  kept.left(one);
  kept.giveWay(ana);
  kept.gone(one);
  kept.left(two);
  kept.giveWay(ana);
  deepEqual(closed.map(([room]) => room), [one, two]);
});
