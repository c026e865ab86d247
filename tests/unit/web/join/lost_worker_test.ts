import { deepEqual, equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import type { Millis } from "../../../../protocol/clock.ts";
import { RoomId } from "../../../../protocol/ids.ts";
import type { Game } from "../../../../web/play/join/game.ts";
import { LostWorker, SILENT_AFTER } from "../../../../web/play/join/watch/lost_worker.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const room_id = RoomId.parse("r1");

function setup() {
  const clock = new FakeClock();
  const done: string[] = [];
  let retries = 0;
  const media = { receivedAt: clock.now() as Millis };
  const room = signal<object | undefined>({ room_id });
  const game = {
    state: signal({ state: "playing" }),
    media: signal(media),
    room,
    retry: () => void retries++,
  } as unknown as Pick<Game, "state" | "media" | "room" | "retry">;
  const refused: string[] = [];
  const toaster = {
    done: (text: string) => void done.push(text),
    refused: (text: string) => void refused.push(text),
  };
  const watch = new LostWorker({ clock, game, toaster });
  const ask = (id = room_id) =>
    watch.receive({ id: "m", type: "room.unseen", payload: { room_id: id } } as never);
  return { clock, done, refused, media, room, watch, ask, retries: () => retries };
}

Deno.test("[MOV6] a page whose worker is silent asks for its room anew, and one that gets pictures does not", async () => {
  const { clock, media, watch, ask, retries } = setup();
  ask();
  for (let n = 0; n < 30; n++) {
    media.receivedAt = clock.now();
    await clock.run(100);
  }
  equal(retries(), 0);
  await clock.run(SILENT_AFTER - 200);
  equal(retries(), 0);
  await clock.run(300);
  equal(retries(), 1);
  await clock.run(20_000);
  equal(retries(), 1);
  watch[Symbol.dispose]();
});

Deno.test("[MOV6] a question about another room, or a silence without a question, changes nothing", async () => {
  const { clock, watch, ask, retries } = setup();
  ask(RoomId.parse("r2"));
  await clock.run(20_000);
  equal(retries(), 0);
  watch[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[MOV7] a sentence says once what happened and how old the state is, to those who were there", () => {
  const { done, room, watch } = setup();
  room.value = { room_id, generation: 1 };
  room.value = { room_id, generation: 1, resumed_age_ms: 8_400 };
  room.value = { room_id, generation: 1, resumed_age_ms: 8_400, paused: true };
  deepEqual(done, [
    "The worker of this game was lost. It goes on at another one, from its state of 8\u202fs before.",
  ]);
  watch[Symbol.dispose]();
});

Deno.test("[MOV7] who comes into a room that was moved before reads no sentence", () => {
  const { done, room, watch } = setup();
  room.value = { room_id: RoomId.parse("r2"), generation: 1, resumed_age_ms: 8_400 };
  room.value = { room_id: RoomId.parse("r2"), generation: 1, resumed_age_ms: 8_400, paused: true };
  room.value = { room_id, generation: 0 };
  deepEqual(done, []);
  watch[Symbol.dispose]();
});

Deno.test("[MOV7] a room that began anew says so once, and why", () => {
  const { done, refused, room, watch } = setup();
  room.value = { room_id, generation: 1, began_anew: "foreign" };
  room.value = { room_id, generation: 1, began_anew: "foreign", paused: true };
  deepEqual(done, []);
  deepEqual(refused, [
    "The worker of this game was lost. The game began anew at another one: another core runs it there, or an older one. Everything that was saved is kept.",
  ]);
  watch[Symbol.dispose]();
});
