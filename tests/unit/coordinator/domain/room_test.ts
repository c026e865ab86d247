import { equal } from "node:assert/strict";
import fc from "fast-check";
import {
  opened,
  type RoomEvent,
  type RoomRecord,
  step,
  UNSEEN_GRACE,
} from "../../../../coordinator/domain/room.ts";
import type { Millis } from "../../../../protocol/clock.ts";
import { EndReason } from "../../../../protocol/legs/room.ts";
import { roomOf } from "../../../fakes/coordinator.ts";

const at = (now: number) => now as Millis;
const room = roomOf("w1", "r1");
const tick: RoomEvent = { type: "tick" };
const unseen: RoomEvent = { type: "unseen" };

function reasonOf(record: RoomRecord): string | undefined {
  return record.state === "closed" ? record.reason : undefined;
}

Deno.test("[WRK4] a room is kept for 30 s after its worker's connection was lost", () => {
  const record = step(opened(room), unseen, at(100));
  equal(step(record, tick, at(100 + UNSEEN_GRACE - 1)), record);
  equal(reasonOf(step(record, tick, at(100 + UNSEEN_GRACE))), "worker_lost");
});

Deno.test("[WRK4] the 30 s count from the loss of the connection, and end when the worker reports the room", () => {
  const record = step(step(opened(room), unseen, at(0)), unseen, at(20_000));
  equal(reasonOf(step(record, tick, at(UNSEEN_GRACE))), "worker_lost");
  const received = step(record, { type: "reported", room }, at(29_000));
  equal(step(received, tick, at(10 * UNSEEN_GRACE)), received);
});

Deno.test("[ROM17] a draining room is open again when its worker reports it as open", () => {
  const draining = opened({ ...room, state: "draining" });
  equal(step(draining, { type: "reported", room }, at(0)).state, "open");
});

Deno.test("[SES9] after any events a closed room has a reason and stays closed", () => {
  const event: fc.Arbitrary<RoomEvent> = fc.oneof(
    fc.constantFrom(tick, unseen),
    fc.constantFrom("open" as const, "draining" as const, "closed" as const).map((
      state,
    ): RoomEvent => ({ type: "reported", room: { ...room, state } })),
    fc.constantFrom(...EndReason.options).map((reason): RoomEvent => ({ type: "closed", reason })),
  );
  fc.assert(fc.property(fc.array(fc.tuple(event, fc.nat(20_000))), (events) => {
    let record = opened(room);
    let now = 0;
    for (const [each, pause] of events) {
      const before = record;
      record = step(record, each, at(now += pause));
      if (before.state === "closed") equal(record, before);
      equal(record.state === "closed", reasonOf(record) !== undefined);
      equal(record.room.state, record.state);
    }
  }));
});
