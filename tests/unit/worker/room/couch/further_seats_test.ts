import { deepEqual, equal } from "node:assert/strict";
import { PAD_SILENCE } from "../../../../../protocol/control/control.ts";
import { NEUTRAL_PAD } from "../../../../../protocol/control/pad.ts";
import type { SessionId } from "../../../../../protocol/ids.ts";
import { pack } from "../../../../../protocol/msgpack.ts";
import { ROOM_PROTOCOL } from "../../../../../protocol/room_commands/verbs.ts";
import { FURTHER_SILENCE } from "../../../../../worker/room/seats/players.ts";
import { FAKE_INFO } from "../../../../fakes/source_handle.ts";
import { ana, app, ben, openRoomScene, spec } from "../../../../support/media/room_scene.ts";
import { RoomPage, settle } from "../../../../support/room/room_page.ts";

const pad = (seq: number, buttons: number) => ({ ...NEUTRAL_PAD, seq, buttons });

/** A room with `seats` seats: Ana holds P1, and Ben, if there are more, P2. */
async function setup(seats = 4) {
  const scene = openRoomScene();
  async function enter(session: SessionId) {
    const page = new RoomPage(scene, await scene.connect(session));
    scene.room.start({ id: session, session, app: { ...app, players: seats }, spec });
    if (scene.received("room.opened").length === 0) {
      scene.sources[0]!.options.listener.opened({ ...FAKE_INFO, players: seats });
    }
    await page.ask("announce", { protocol: ROOM_PROTOCOL, name: session });
    return page;
  }
  const [first, second] = [await enter(ana), await enter(ben)];
  const held = () => [0, 1, 2, 3].map((seat) => scene.sources[0]!.control.pad(seat).buttons);
  const seatsSeen = () =>
    first.room?.seats.map(({ holder, further }) => `${holder ?? "-"}${further ? " further" : ""}`);
  return { scene, ana: first, ben: second, held, seatsSeen };
}

Deno.test("[CPL1] [CPL2] two pads of one connection hold two seats, and each drives its own", async () => {
  const { scene, ana, ben, held } = await setup();
  deepEqual(await ana.ask("seat.add"), { seat: 2 });
  ana.turn({ control: pad(1, 1), further: [{ seat: 2, pad: pad(1, 4) }] });
  ben.turn({ control: pad(1, 2) });
  deepEqual(held(), [1, 2, 4, 0]);
  ana.turn({ control: pad(2, 0), further: [{ seat: 2, pad: pad(2, 8) }] });
  deepEqual(held(), [0, 2, 8, 0]);
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL2] a page that knows one seat drives its first one and no other", async () => {
  const { scene, ana, held } = await setup();
  await ana.ask("seat.add", { seat: 3 });
  ana.turn({ control: pad(1, 1) });
  deepEqual(held(), [1, 0, 0, 0]);
  scene.room[Symbol.dispose]();
});

for (
  const [who, seat] of [
    ["of somebody else", 1],
    ["that is open", 2],
    ["that is the first of its sender", 0],
  ] as const
) {
  Deno.test(`[CPL2] a pad for a seat ${who} moves nothing`, async () => {
    const { scene, ana, ben, held } = await setup();
    await ana.ask("seat.add", { seat: 3 });
    ben.turn({ control: pad(1, 2) });
    ana.turn({ control: pad(1, 1), further: [{ seat, pad: pad(1, 0xff) }] });
    deepEqual(held(), [1, 2, 0, 0]);
    scene.room[Symbol.dispose]();
  });
}

Deno.test("[CPL2] a watcher claims no seat by naming it", async () => {
  const { scene, ben, held } = await setup();
  await ben.ask("seat.leave");
  ben.turn({ control: pad(1, 1), further: [0, 1, 2].map((seat) => ({ seat, pad: pad(1, 9) })) });
  deepEqual(held(), [0, 0, 0, 0]);
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL2] [RDO12] more further pads than a person has, or some without a first pad, are no intent", async () => {
  const { scene, ana, held } = await setup();
  await ana.ask("seat.add", { seat: 3 });
  const further = [3, 1, 0, 0, 0, 0, 0, 0];
  const first = [1, 1, 0, 0, 0, 0, 0, 0];
  for (
    const wrong of [
      [32, 1, 0, first, Array.from({ length: 5 }, () => further)],
      [32, 1, 0, first, [[...further, 0]]],
      [32, 1, 0, first, [[4.5, ...further.slice(1)]]],
      [32, 1, 0, first, []],
      [32, 1, 0, [0, 0], [further]],
      [32, 1, 0, null, [further]],
    ]
  ) ana.peer.listener.message("state", pack(wrong));
  deepEqual(held(), [0, 0, 0, 0]);
  ana.peer.listener.message("state", pack([32, 1, 0, first, [further]]));
  deepEqual(held(), [1, 0, 0, 1]);
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL1] a further seat is refused to who holds none, where it is taken or locked, and where none is open", async () => {
  const { scene, ana: page, ben: other } = await setup(3);
  await other.ask("seat.leave");
  equal(await other.ask("seat.add"), "seat.needed");
  await other.ask("seat.take", { seat: 1 });
  equal(await page.ask("seat.add", { seat: 1 }), "seat.taken");
  equal(await page.ask("seat.add", { seat: 3 }), "seat.unknown");
  scene.start(ben, "host");
  await other.ask("seat.lock", { seat: 2, locked: true });
  equal(await page.ask("seat.add"), "seat.locked");
  equal(await page.ask("seat.add", { seat: 2 }), "seat.locked");
  deepEqual(await other.ask("seat.add"), { seat: 2 });
  equal(await page.ask("seat.add"), "seat.none");
  scene.start(ana, "watcher");
  equal(await page.ask("seat.add"), "role.watcher");
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL3] a further seat for which no pad comes is free again after half a minute, and its buttons sooner", async () => {
  const { scene, ana, held, seatsSeen } = await setup();
  await ana.ask("seat.add");
  ana.turn({ control: pad(1, 0), further: [{ seat: 2, pad: pad(1, 5) }] });
  await scene.clock.run(PAD_SILENCE + 300);
  deepEqual(held(), [0, 0, 0, 0]);
  for (let waited = 1_300; waited < FURTHER_SILENCE - 1_000; waited += 500) {
    scene.sources[0]!.control.tick();
    ana.turn({ control: pad(waited, 0) });
    await scene.clock.run(500);
  }
  await settle(ana);
  deepEqual(seatsSeen(), ["p1", "p2", "p1 further", "-"]);
  for (let waited = 0; waited < 2_000; waited += 500) {
    scene.sources[0]!.control.tick();
    ana.turn({ control: pad(waited, 0) });
    await scene.clock.run(500);
  }
  await settle(ana);
  deepEqual(seatsSeen(), ["p1", "p2", "-", "-"]);
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL4] one seat is left alone, all of them with one request, and nobody else's", async () => {
  const { scene, ana, held, seatsSeen } = await setup();
  await ana.ask("seat.add");
  await ana.ask("seat.add");
  equal(await ana.ask("seat.leave", { seat: 1 }), "seat.needed");
  ana.turn({ control: pad(1, 1), further: [{ seat: 2, pad: pad(1, 5) }] });
  deepEqual(await ana.ask("seat.leave", { seat: 2 }), {});
  deepEqual(held(), [1, 0, 0, 0]);
  deepEqual(await ana.ask("seat.leave", { seat: 0 }), {});
  await settle(ana);
  deepEqual(seatsSeen(), ["-", "p2", "-", "p1"]);
  await ana.ask("seat.add");
  await ana.ask("seat.leave");
  await settle(ana);
  deepEqual(seatsSeen(), ["-", "p2", "-", "-"]);
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL4] [RCM7] a further seat is given away alone, and the seat of the other comes in return", async () => {
  const { scene, ana, seatsSeen } = await setup();
  await ana.ask("seat.add");
  await ana.ask("seat.give", { seat: 2, to: "p2" });
  await settle(ana);
  deepEqual(seatsSeen(), ["p1", "p1 further", "p2", "-"]);
  await ana.ask("seat.give", { seat: 0, to: "p2" });
  await settle(ana);
  deepEqual(seatsSeen(), ["p2", "p1", "p1 further", "-"]);
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL5] both seats are one person's, in the document and for the coordinator", async () => {
  const { scene, ana, seatsSeen } = await setup();
  await ana.ask("seat.add");
  await settle(ana);
  deepEqual(seatsSeen(), ["p1", "p2", "p1 further", "-"]);
  deepEqual(ana.room?.people.map(({ id }) => id), ["p1", "p2"]);
  const { room: { seats } } = scene.received("room.changed").at(-1)!.payload as {
    readonly room: { readonly seats: readonly object[] };
  };
  deepEqual(seats[2], { seat: 2, session_id: "ana", further: true, connected: true });
  scene.room[Symbol.dispose]();
});

Deno.test("[CPL5] [MOV1] a room that goes on elsewhere keeps both seats of a person", async () => {
  const scene = openRoomScene({ generation: 1 });
  scene.kept.set("duel room_1", Uint8Array.of(7));
  const seats = [
    { session_id: ana, seat: 0, further: true } as const,
    { session_id: ana, seat: 1 },
  ];
  scene.room.takeOver({ app, spec, seats });
  scene.sources[0]!.options.listener.opened(FAKE_INFO);
  await scene.clock.run(0);
  const page = new RoomPage(scene, await scene.connect(ana));
  scene.room.start({ id: "a", session: ana, app, spec });
  await settle(page);
  deepEqual(page.room?.seats.map(({ holder, further }) => [holder, further]), [
    ["p1", true],
    ["p1", undefined],
  ]);
  scene.room[Symbol.dispose]();
});
