import { deepEqual, equal, match } from "node:assert/strict";
import { RoomId, SessionId } from "../../../../protocol/ids.ts";
import type { FromWorker } from "../../../../protocol/legs/worker_leg.ts";
import { newPlace, removeFrom } from "../../../../worker/room_place.ts";
import type { RoomProcess } from "../../../../worker/room_process.ts";
import {
  ana,
  ben,
  closed,
  type FakeProcess,
  opened,
  roomOf,
  setup,
} from "../../../support/stack/rooms_scene.ts";

Deno.test("[ROM40] of a room that floods its worker with changes the newest is reported, and other rooms' at once", () => {
  const { clock, processes, out, init } = setup();
  init(ana);
  clock.advance(2_000);
  init(ben);
  for (const process of processes.slice(0, 2)) opened(process);
  const changed = (at: number, viewers: number) =>
    processes[at]!.listener.message({
      id: "r",
      type: "room.changed",
      payload: { room: { ...roomOf(processes[at]!), viewers } },
    });
  out.length = 0;
  const seen = () =>
    out.flatMap((each) => each.type === "room.changed" ? [each.payload.room.viewers] : []);
  for (let n = 1; n <= 10_000; n++) changed(0, n);
  changed(1, 77);
  deepEqual(seen(), [1, 77]);
  clock.advance(1_000);
  deepEqual(seen(), [1, 77, 10_000]);
  changed(0, 5);
  changed(0, 6);
  closed(processes[0]!, ana);
  clock.advance(1_000);
  deepEqual(seen(), [1, 77, 10_000, 5], "nothing after the end");
});

Deno.test("[ROM26] what a room says of others is a fault, but for a session that was in it, and after its end", () => {
  const { clock, processes, out, init } = setup();
  init(ana);
  clock.advance(2_000);
  init(ben);
  for (const process of processes.slice(0, 2)) opened(process);
  const [own, other] = processes as [FakeProcess, FakeProcess];
  out.length = 0;
  const say = (type: string, payload: object) =>
    own.listener.message({ id: "x", type, payload } as FromWorker);
  const media = (session_id: SessionId) => say("session.media", { session_id, connected: false });
  match(media(ben)?.fault ?? "", /^Refused session.media of a room process: it names/);
  match(say("room.changed", { room: roomOf(other) })?.fault ?? "", /^Refused room.changed/);
  init(ana, roomOf(other).room_id);
  equal(media(ana), undefined, "it was here until now");
  deepEqual(out, []);
  closed(own, ana);
  equal(say("room.changed", { room: roomOf(own) }), undefined);
});

Deno.test("[ROM26] of those who left a room the last ones are known, however often they came back", () => {
  const start = { roomId: RoomId.parse("room_1"), field: undefined, process: {} as RoomProcess };
  const place = newPlace({ ...start, pass: undefined, moved: undefined });
  const others = Array.from({ length: 256 }, (_, n) => SessionId.parse(`s${n}`));
  for (const session of [ana, ...others.slice(1), ana, others[0]!]) removeFrom(place, session);
  deepEqual([...place.past], [...others.slice(2), ana, others[0]]);
});
