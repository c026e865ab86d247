import { equal, match, ok } from "node:assert/strict";
import {
  AppId,
  MAX_SEATS,
  newId,
  newPrefixedId,
  RoomId,
  Seat,
  SessionId,
} from "../../../protocol/ids.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { SeededRandom } from "../../fakes/random.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function setup() {
  const clock = new FakeClock();
  return { clock, ports: { clock, random: new SeededRandom(7) } };
}

Deno.test("[ENV2] an id is a UUID of version 7", () => match(newId(setup().ports), UUID_V7));

Deno.test("[ENV2] ids sort by the millisecond they were made in", () => {
  const { clock, ports } = setup();
  const ids = Array.from({ length: 50 }, () => {
    clock.advance(1);
    return newId(ports);
  });
  equal(ids.join(), ids.toSorted().join());
});

Deno.test("[ENV2] ids of one millisecond differ", () => {
  const { ports } = setup();
  equal(new Set(Array.from({ length: 500 }, () => newId(ports))).size, 500);
});

Deno.test("[ENV2] an id holds the time at which it was made", () => {
  const { clock, ports } = setup();
  const millis = parseInt(newId(ports).replaceAll("-", "").slice(0, 12), 16);
  equal(millis, clock.epoch());
});

Deno.test("[ENV8] a prefixed id names its kind and is valid", () => {
  const id = newPrefixedId("ses", setup().ports);
  match(id, /^ses_[0-9a-f]{32}$/);
  ok(SessionId.safeParse(id).success);
});

for (const id of ["a", "Zone-1", "fra.2_b", "0197", "x".repeat(64)]) {
  Deno.test(`[ENV8] ${id.slice(0, 12)} is an id`, () => ok(RoomId.safeParse(id).success));
}

for (
  const id of ["", "-a", ".a", "../a", "a/b", "a b", "a\n", "ä", "a?b", "x".repeat(65), 5, null]
) {
  Deno.test(`[ENV8] ${JSON.stringify(id)?.slice(0, 12)} is no id`, () => {
    ok(!RoomId.safeParse(id).success);
  });
}

Deno.test("[ENV8] the id of an app may be longer", () => {
  ok(AppId.safeParse("x".repeat(96)).success);
  ok(!AppId.safeParse("x".repeat(97)).success);
});

Deno.test("[ROM4] there are five seats, from 0", () => {
  for (const seat of [0, MAX_SEATS - 1]) ok(Seat.safeParse(seat).success);
  for (const seat of [-1, 5, 0.5, "1"]) ok(!Seat.safeParse(seat).success);
});
