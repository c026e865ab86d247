import { deepEqual, equal } from "node:assert/strict";
import type { FromWorker } from "../../../../../protocol/legs/worker_leg.ts";
import type { MemoryTrouble } from "../../../../../protocol/room_state/components.ts";
import type { ToRoom } from "../../../../../worker/room/ipc.ts";
import type { RoomProcessListener, StartRoomProcess } from "../../../../../worker/room_process.ts";
import { sharingMemory } from "../../../../../worker/saves/memory/held_starts.ts";
import type { SharedMemory } from "../../../../../worker/saves/memory/shared_memory.ts";

/** A room process whose game's memory is there when the test says so. */
function setup() {
  const sent: string[] = [];
  const memories: unknown[] = [];
  let trouble: (trouble: MemoryTrouble | undefined) => void = () => {};
  const opened: unknown[] = [];
  const released: string[] = [];
  const ready = Promise.withResolvers<void>();
  let child: RoomProcessListener | undefined;
  const start: StartRoomProcess = (listener) => {
    child = listener;
    return {
      pid: 1,
      sockets: {} as never,
      send(message) {
        if (message.type === "memory") memories.push(message.trouble);
        else sent.push(message.type);
      },
      prefer: () => {},
      [Symbol.dispose]: () => {},
    };
  };
  const memory = {
    open(game: { app: string }, by: string, report: typeof trouble) {
      opened.push({ ...game, by });
      trouble = report;
      return { ready: ready.promise, [Symbol.dispose]: () => void released.push(game.app) };
    },
  } as unknown as SharedMemory;
  const process = sharingMemory(start, { memory, root: "/data/sram" })(
    { message: () => {} } as never,
  );
  return {
    ...{ sent, memories, opened, released },
    trouble: (about: MemoryTrouble | undefined) => trouble(about),
    send: (message: unknown) => process.send(message as ToRoom),
    reports: (message: unknown) => child?.message(message as FromWorker),
    exited: () => child?.exited?.(),
    async fetched() {
      ready.resolve();
      await ready.promise;
    },
  };
}

const spec = { kind: "jsnes", rom: "/roms/nes/Quest.nes", saves: "/data/sram/usr_ana" };
const start = (session_id: string, app_id = "nes-quest", what: object = spec) => ({
  ...{ type: "start", app: { app_id }, spec: what },
  message: { payload: { session_id } },
});
const configure = (settings: object) => ({ type: "configure", settings });

Deno.test("[SAV30] a game starts once its memory is there, and everything else goes to the room at once", async () => {
  const scene = setup();
  scene.send(configure({ roomId: "room_1" }));
  scene.send(start("ses_1"));
  scene.send({ type: "pass" });
  scene.send(start("ses_2"));
  deepEqual(scene.sent, ["configure", "pass"]);
  await scene.fetched();
  deepEqual(scene.sent, ["configure", "pass", "start", "start"]);
  const game = { holder: "usr_ana", app: "nes-quest", rom: "Quest.nes", by: "room_1" };
  deepEqual(scene.opened, [game]);
  scene.exited();
  deepEqual(scene.released, ["nes-quest"]);
});

Deno.test("[SAV30] a room of another worker goes on once the memory is there, and writes its own version", async () => {
  const scene = setup();
  scene.send(configure({ roomId: "room_1", generation: 2 }));
  const zipped = { ...spec, rom: "/roms/nes/Pack.zip", zipped: "in/Quest.nes" };
  scene.send({ type: "take_over", app: { app_id: "nes-quest" }, spec: zipped, seats: [] });
  deepEqual(scene.sent, ["configure"]);
  await scene.fetched();
  deepEqual(scene.sent, ["configure", "take_over"]);
  const game = { holder: "usr_ana", app: "nes-quest", rom: "Quest.nes", by: "room_1~2" };
  deepEqual(scene.opened, [game]);
});

for (
  const [how, leave] of [
    ["was ended", { type: "message", message: { type: "session.end" } }],
    ["has quit", undefined],
  ] as const
) {
  Deno.test(`[SAV30] a session that ${how} while the memory was fetched is not brought back`, async () => {
    const scene = setup();
    scene.send(start("ses_1"));
    scene.send(start("ses_2"));
    const payload = { session_id: "ses_1" };
    if (leave) scene.send({ ...leave, message: { ...leave.message, payload } });
    else scene.reports({ type: "session.ended", payload });
    await scene.fetched();
    equal(scene.sent.filter((type) => type === "start").length, 1);
  });
}

Deno.test("[SAV30] a room that closes, and one whose process has ended, start nothing any more", async () => {
  for (const end of ["close", "exit"]) {
    const scene = setup();
    scene.send(start("ses_1"));
    if (end === "close") scene.send({ type: "close" });
    else scene.exited();
    await scene.fetched();
    equal(scene.sent.includes("start"), false, end);
  }
});

Deno.test("[SAV30] an app without memory, or without an owner, starts at once", () => {
  const scene = setup();
  const others = [
    ...[{ kind: "builtin" }, { kind: "pattern" }, { kind: "ingest" }, {
      ...spec,
      saves: undefined,
    }],
    ...["/data/sram", "/data", "/data/sram/../x", "/data/sram/a/b"]
      .map((saves) => ({ ...spec, saves })),
  ];
  for (const [n, what] of others.entries()) scene.send(start("ses_1", `app-${n}`, what));
  equal(scene.sent.length, others.length);
  deepEqual(scene.opened, []);
});

Deno.test("[SAV36] a room is sent what its memory lacks, before its game starts and whenever that changes", async () => {
  const scene = setup();
  scene.send(start("ses_1"));
  scene.trouble("unseen");
  deepEqual([scene.sent, scene.memories], [[], ["unseen"]]);
  await scene.fetched();
  scene.trouble("older");
  scene.trouble(undefined);
  deepEqual([scene.sent, scene.memories], [["start"], ["unseen", "older", undefined]]);
});
