/** Programs that bring their own offer (WHEP) come into a crowded room with everybody else, in their turn. */
import { deepEqual, equal } from "node:assert/strict";
import { SessionId } from "../../../../../protocol/ids.ts";
import type { RoomRole } from "../../../../../protocol/pass.ts";
import type { FromWorker } from "../../../../../protocol/legs/worker_leg.ts";
import {
  LONGEST_WAIT,
  MAX_CONNECTING,
  PLACES,
} from "../../../../../worker/room/admission/admission.ts";
import { ana, openRoomScene } from "../../../../support/media/room_scene.ts";

type Response = Extract<FromWorker, { type: "webrtc.init.response" }>;

/** A room with a player, and what each session of a crowd was answered. */
async function setup() {
  const scene = openRoomScene();
  const { send, admit, received, start, connect, clock } = scene;
  start(ana);
  await connect(ana);
  const come = (name: string, { offer, role = "watcher" }: { offer?: string; role?: RoomRole }) => {
    const session_id = SessionId.parse(name);
    admit(session_id, role);
    send("webrtc.init", { session_id, ice_servers: [], ...(offer && { offer }) });
  };
  return {
    ...scene,
    /** A program with an offer asks for a connection. */
    program: (name: string, role?: RoomRole) =>
      come(name, { offer: "v=0 offer", ...(role && { role }) }),
    page: (name: string) => come(name, {}),
    /** Who was answered, in order; a refusal with its code. */
    async answers() {
      await clock.run(0);
      return (received("webrtc.init.response") as Response[]).map(({ payload }) =>
        "error" in payload
          ? `${payload.session_id} ${payload.error.code}`
          : payload.session_id as string
      );
    },
    /** The connection that was begun as the n-th of the crowd is up. */
    connected: (n: number) => scene.peers[n + 1]!.listener.connected(),
  };
}

const programs = (count: number) => Array.from({ length: count }, (_, n) => `program-${n}`);

Deno.test("[ROM25] [WHP4] of programs that come at once six are answered, and each that has connected lets the next in", async () => {
  const { program, answers, connected, room } = await setup();
  for (const name of programs(20)) program(name);
  deepEqual(await answers(), programs(MAX_CONNECTING));
  for (let n = 0; n < 20; n++) {
    connected(n);
    await answers();
  }
  deepEqual(await answers(), programs(20));
  room[Symbol.dispose]();
});

Deno.test("[ROM25] [WHP4] programs and pages have one order, and who may play comes before both", async () => {
  const { program, page, answers, connected, received, clock, room } = await setup();
  for (const name of programs(MAX_CONNECTING)) program(name);
  page("page-0");
  program("program-6");
  program("player-0", "player");
  connected(0);
  equal((await answers()).at(-1), "player-0");
  const offers = received("webrtc.offer").length;
  connected(1);
  await clock.run(0);
  equal(received("webrtc.offer").length, offers + 1, "the page that came first");
  equal((await answers()).at(-1), "player-0");
  connected(2);
  equal((await answers()).at(-1), "program-6");
  room[Symbol.dispose]();
});

Deno.test("[ROM25] [WHP4] a program whose turn does not come in 5 s is refused as crowded, one too many at once", async () => {
  const { program, answers, clock, peers, room } = await setup();
  for (const name of programs(PLACES.watcher)) program(name);
  const begun = programs(MAX_CONNECTING);
  // The player is one of the viewers.
  deepEqual(await answers(), [`program-${PLACES.watcher - 1} room.full`, ...begun]);
  await clock.run(LONGEST_WAIT + 500);
  const refused = (await answers()).filter((each) => each.endsWith("room.crowded"));
  equal(refused.length, PLACES.watcher - 1 - 2 * MAX_CONNECTING);
  equal(peers.length, 1 + 2 * MAX_CONNECTING);
  room[Symbol.dispose]();
});

Deno.test("[ROM25] [WHP4] a program that leaves while it waits makes no connection", async () => {
  const { program, answers, connected, send, peers, room } = await setup();
  for (const name of programs(MAX_CONNECTING + 2)) program(name);
  send("session.end", { session_id: "program-6", reason: "quit" });
  connected(0);
  equal((await answers()).at(-1), "program-7");
  equal(peers.length, 1 + MAX_CONNECTING + 1);
  room[Symbol.dispose]();
});
