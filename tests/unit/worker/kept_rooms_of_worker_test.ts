import { deepEqual, equal, ok } from "node:assert/strict";
import { KEPT_LONGEST, KEPT_SHORTEST } from "../../../worker/kept_rooms.ts";

import type { SessionId } from "../../../protocol/ids.ts";
import {
  ana,
  ben,
  codeOf,
  type FakeProcess,
  opened,
  roomOf,
  setup,
} from "../../support/stack/rooms_scene.ts";

/** The last session of the room has left, and its process keeps the room. */
function left(process: FakeProcess, session: SessionId): void {
  const end = { session_id: session, reason: "quit" as const, message: "Left" };
  process.listener.message({ id: "e", type: "session.ended", payload: end });
  const room = { ...roomOf(process), state: "kept" as const, viewers: 0 };
  process.listener.message({ id: "k", type: "room.changed", payload: { room } });
}

const closings = (process: FakeProcess) =>
  process.sent.flatMap((message) => message.type === "close" ? [message.reason] : []);

Deno.test("[ROM37] a room that its last session left is reported as kept, with the time at which it closes", () => {
  const { clock, rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  left(processes[0]!, ana);
  const reported = out.at(-1)!;
  ok(reported.type === "room.changed");
  const { state, closes_at } = reported.payload.room;
  deepEqual([state, closes_at], ["kept", clock.epoch() + KEPT_LONGEST]);
  equal(rooms.free, 2);
  clock.advance(KEPT_LONGEST);
  deepEqual(closings(processes[0]!), ["left"]);
});

Deno.test("[ROM37] a session that comes back to a kept room uses its place again", () => {
  const { clock, rooms, processes, out, init } = setup({ capacity: 1 });
  init(ana);
  opened(processes[0]!);
  left(processes[0]!, ana);
  equal(rooms.free, 1);
  init(ana, roomOf(processes[0]!).room_id);
  equal(rooms.free, 0);
  init(ben);
  equal(codeOf(out.at(-1)), "room.no_capacity");
  clock.advance(KEPT_LONGEST);
  deepEqual(closings(processes[0]!), []);
});

Deno.test("[ROM37] a report that a room is kept does not count while another session enters it", () => {
  const { clock, rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  init(ben, roomOf(processes[0]!).room_id);
  left(processes[0]!, ana);
  const reported = out.at(-1)!;
  ok(reported.type === "room.changed");
  equal(reported.payload.room.state, "open");
  equal(rooms.free, 1);
  clock.advance(KEPT_LONGEST);
  deepEqual(closings(processes[0]!), []);
});

Deno.test("[ROM36] a kept room gives way to a session that needs its place, and cannot be entered any more", () => {
  const { clock, processes, out, init } = setup({ capacity: 1 });
  init(ana);
  clock.advance(2_000);
  opened(processes[0]!);
  left(processes[0]!, ana);
  init(ben);
  deepEqual(closings(processes[0]!), ["place_needed"]);
  init(ana, roomOf(processes[0]!).room_id);
  equal(codeOf(out.at(-1)), "room.unknown");
  deepEqual(processes[1]!.sent.map(({ type }) => type), ["configure", "pass", "message"]);
});

Deno.test("[ROM37] a draining worker keeps a room for 30 s, and until its deadline at most", () => {
  const { clock, rooms, processes, init } = setup();
  init(ana);
  opened(processes[0]!);
  left(processes[0]!, ana);
  rooms.drain(60_000);
  equal(rooms.running[0]?.closes_at, clock.epoch() + KEPT_SHORTEST);
  rooms.drain(10_000);
  deepEqual(rooms.running.map(({ state, closes_at }) => [state, closes_at]), [
    ["kept", clock.epoch() + 10_000],
  ]);
});

Deno.test("[ROM36] a room that is kept after its place was taken gives way at once", () => {
  const { clock, rooms, processes, init } = setup({ capacity: 1 });
  init(ana);
  clock.advance(2_000);
  opened(processes[0]!);
  const end = { session_id: ana, reason: "left" as const };
  rooms.receive({ id: "e", type: "session.end", payload: end });
  init(ben);
  equal(processes[1]!.sent.length, 3);
  left(processes[0]!, ana);
  deepEqual(closings(processes[0]!), ["place_needed"]);
  deepEqual(closings(processes[1]!), []);
});
