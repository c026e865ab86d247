import { deepEqual, equal } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import { ana, ben, openRoomScene } from "../../../../support/media/room_scene.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";

Deno.test("[RCM5] of two hosts at once the later decision counts, and neither sends the other out", async () => {
  const scene = openRoomScene();
  const one = await RoomPage.announced(scene, ana, "host");
  const other = await RoomPage.announced(scene, ben, "host");
  const guest = await RoomPage.announced(scene, SessionId.parse("cem"), "player");
  const both = (verb: "seat.lock" | "seat.give", bodies: readonly [object, object]) =>
    Promise.all([one.ask(verb, bodies[0]), other.ask(verb, bodies[1])]);

  deepEqual(await both("seat.lock", [{ seat: 0, locked: true }, { seat: 0, locked: false }]), [
    {},
    {},
  ]);
  deepEqual(await both("seat.give", [{ seat: 0, to: "p3" }, { seat: 1, to: "p3" }]), [{}, {}]);
  equal(await one.ask("person.kick", { person: "p2" }), "role.host");
  equal(await other.ask("person.kick", { person: "p1" }), "role.host");
  await settle(one, other, guest);
  for (const { room } of [one, other, guest]) {
    deepEqual(room?.seats.map(({ locked }) => locked), [false, false]);
    const seats = room?.people.filter(({ id }) => room.seats.some(({ holder }) => holder === id));
    equal(room?.seats[1]?.holder, "p3");
    equal(seats?.length, 2, "nobody holds two seats");
  }
  scene.room[Symbol.dispose]();
});
