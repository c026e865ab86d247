import { deepEqual, equal, ok } from "node:assert/strict";
import { AppId, RoomId, SessionId } from "../../../protocol/ids.ts";
import type { ToWorker } from "../../../protocol/legs/worker_leg.ts";
import type { SessionPass } from "../../../protocol/signed_pass.ts";
import {
  ana,
  ben,
  closed,
  codeOf,
  opened,
  roomOf,
  setup,
} from "../../support/stack/rooms_scene.ts";

Deno.test("[ROM14] one spare process runs from the start on, and another starts after it was taken", () => {
  const { clock, processes, init } = setup();
  equal(processes.length, 1);
  init(ana);
  deepEqual(processes[0]!.sent.map(({ type }) => type), ["configure", "pass", "message"]);
  clock.advance(2_000);
  equal(processes.length, 2);
});

Deno.test("[ROM39] a process has precedence once its room is open, and not while it starts or waits", () => {
  const { clock, processes, init } = setup();
  init(ana);
  clock.advance(2_000);
  deepEqual(processes.map(({ preferred }) => preferred), [false, false]);
  opened(processes[0]!);
  deepEqual(processes.map(({ preferred }) => preferred), [true, false]);
});

Deno.test("[ROM15] a full worker refuses a new room, and sessions can still join its rooms", () => {
  const { rooms, processes, out, init } = setup({ capacity: 1 });
  init(ana);
  opened(processes[0]!);
  equal(rooms.free, 0);
  init(ben);
  equal(codeOf(out.at(-1)), "room.no_capacity");
  equal(out.at(-1)?.id, "init ben");
  init(ben, roomOf(processes[0]!).room_id);
  deepEqual(processes[0]!.sent.slice(-2).map(({ type }) => type), ["pass", "message"]);
});

Deno.test("[ROM15] a room that is not open cannot be joined", () => {
  const { out, init } = setup();
  init(ana, RoomId.parse("room_gone"));
  equal(codeOf(out.at(-1)), "room.unknown");
});

const bad: readonly [string, (now: number) => Partial<SessionPass>, string][] = [
  ["of another session", () => ({ session_id: ben }), "pass.invalid"],
  ["that expired", (now) => ({ expires_at: now }), "pass.invalid"],
  ["for another room", () => ({ room_id: RoomId.parse("room_other") }), "room.forbidden"],
  ["for a new room", () => ({ room_id: undefined }), "room.forbidden"],
];
for (const [what, change, code] of bad) {
  Deno.test(`[PAS4] a pass ${what} opens no room that runs`, () => {
    const { clock, processes, out, init } = setup();
    const cem = SessionId.parse("cem");
    init(cem);
    opened(processes[0]!);
    const sent = processes[0]!.sent.length;
    init(ana, roomOf(processes[0]!).room_id, change(clock.epoch()));
    equal(codeOf(out.at(-1)), code);
    equal(processes[0]!.sent.length, sent);
  });
}

Deno.test("[PAS5] a room belongs to the session that took its place, also in the next hello", () => {
  const { rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  const { room_id } = roomOf(processes[0]!);
  init(ben, room_id);
  const owner = { holder: "holder-of-ana" };
  deepEqual((out[0]?.payload as { owner: unknown }).owner, owner);
  deepEqual(rooms.owners, [{ room_id, owner }]);
});

Deno.test("[SES7] every request of a session without a place is refused, except that for a place", () => {
  const { rooms, out } = setup();
  const ask = (type: "app.quit" | "session.end") =>
    rooms.receive(
      { id: "x", type, payload: { session_id: ana, reason: "left" } } as ToWorker & {
        type: "session.end";
      },
    );
  ask("app.quit");
  equal(codeOf(out.at(-1)), "session.unknown");
  ask("session.end");
  equal(out.length, 1);
});

Deno.test("[ROM3] an app that is not in the library is refused by name", () => {
  const { rooms, out, init } = setup();
  init(ana);
  const payload = { session_id: ana, app_id: AppId.parse("nothing") };
  rooms.receive({ id: "x", type: "app.start", payload });
  deepEqual((out.at(-1)?.payload as { error: unknown }).error, {
    code: "app.unknown",
    message: 'There is no "nothing" in this library',
    detail: { app_id: "nothing" },
  });
});

Deno.test("[ROM16] a process that crashes ends its room with a reason, and no other room", () => {
  const { clock, rooms, processes, out, init } = setup();
  init(ana);
  clock.advance(2_000);
  init(ben);
  opened(processes[0]!);
  opened(processes[1]!);
  processes[0]!.listener.gone({ reason: "crashed", how: "by signal SIGKILL" });
  const closed = out.at(-1)!;
  ok(closed.type === "room.closed");
  equal(closed.payload.reason, "crashed");
  equal(closed.payload.message, "Its process ended by signal SIGKILL");
  deepEqual(closed.payload.sessions, ["ana"]);
  deepEqual(rooms.running.map(({ room_id }) => room_id), [roomOf(processes[1]!).room_id]);
});

Deno.test("[ROM16] the end of a room that reported it is not reported again when its process ends", () => {
  const { processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  const { room_id } = roomOf(processes[0]!);
  processes[0]!.listener.message({
    id: "c",
    type: "room.closed",
    payload: { room_id, reason: "quit", message: "Everybody left", sessions: [ana] },
  });
  processes[0]!.listener.gone({ reason: "crashed", how: "with exit code 0" });
  equal(out.filter(({ type }) => type === "room.closed").length, 1);
});

Deno.test("[ROM18] a process that hangs ends its room as stalled, and no other room", () => {
  const { processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  processes[0]!.listener.gone({ reason: "stalled", how: "after 10 s of silence" });
  const closed = out.at(-1)!;
  ok(closed.type === "room.closed");
  deepEqual([closed.payload.reason, closed.payload.sessions], ["stalled", ["ana"]]);
  equal(closed.payload.message, "Its process ended after 10 s of silence");
});

Deno.test("[ROM14] a spare that ends is replaced, after a longer delay each time", () => {
  const { clock, processes } = setup();
  const dies = () =>
    processes.at(-1)!.listener.gone({ reason: "crashed", how: "with exit code 1" });
  dies();
  clock.advance(1_200);
  equal(processes.length, 2);
  dies();
  clock.advance(1_200);
  equal(processes.length, 2);
  clock.advance(1_200);
  equal(processes.length, 3);
});

Deno.test("[ROM38] a spare that nobody wants for 30 s ends, and the next room starts a process", () => {
  const { clock, processes, init } = setup();
  clock.advance(29_999);
  equal(processes[0]!.killed, false);
  clock.advance(1);
  equal(processes[0]!.killed, true);
  clock.advance(600_000);
  equal(processes.length, 1);
  init(ana);
  equal(processes.length, 2);
  deepEqual(processes[1]!.sent.map(({ type }) => type), ["configure", "pass", "message"]);
});

Deno.test("[ROM38] a spare that fails while nobody is near is not started again", () => {
  const { clock, processes } = setup();
  clock.advance(29_500);
  processes[0]!.listener.gone({ reason: "crashed", how: "with exit code 1" });
  clock.advance(600_000);
  equal(processes.length, 1);
});

Deno.test("[ROM17] a draining worker has no places and keeps its rooms", () => {
  const { rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  rooms.drain(60_000);
  equal(rooms.free, 0);
  init(ben);
  equal(codeOf(out.at(-1)), "room.no_capacity");
  equal(rooms.running.length, 1);
});

Deno.test("[ROM34] a draining worker reports when its rooms are closed, and when they are not any more", () => {
  const { clock, rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  const reported = () => {
    const message = out.at(-1)!;
    ok(message.type === "room.changed");
    return [message.payload.room.state, message.payload.room.closes_at];
  };
  const closesAt = clock.epoch() + 60_000;
  rooms.drain(60_000);
  deepEqual(reported(), ["draining", closesAt]);
  equal(rooms.closesAt, closesAt);
  const room = roomOf(processes[0]!);
  processes[0]!.listener.message({
    id: "c",
    type: "room.changed",
    payload: { room: { ...room, paused: true } },
  });
  deepEqual(reported(), ["draining", closesAt]);
  rooms.undrain();
  deepEqual(reported(), ["open", undefined]);
  equal(rooms.closesAt, undefined);
});

Deno.test("[ROM34] a worker that is returned to service opens rooms and closes none at the deadline", () => {
  const { clock, rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  rooms.drain(60_000);
  rooms.undrain();
  clock.advance(61_000);
  ok(!processes[0]!.sent.some(({ type }) => type === "close"));
  init(ben);
  ok(codeOf(out.at(-1)) === undefined);
  equal(rooms.free, 0);
});

Deno.test("[ROM34] a worker that is stopped is not returned to service", () => {
  const { rooms, processes, init } = setup();
  init(ana);
  opened(processes[0]!);
  void rooms.closeAll();
  rooms.undrain();
  equal(rooms.free, 0);
  ok(rooms.closesAt !== undefined);
});

Deno.test("[ROM17] the rooms that run at the deadline are closed, and a second draining replaces the deadline", () => {
  const { clock, rooms, processes, init } = setup();
  init(ana);
  opened(processes[0]!);
  const closings = () => processes[0]!.sent.filter(({ type }) => type === "close");
  rooms.drain(60_000);
  clock.advance(30_000);
  rooms.drain(60_000);
  clock.advance(59_999);
  deepEqual(closings(), []);
  clock.advance(1);
  const message = "This worker is being taken out of service";
  deepEqual(closings(), [{ type: "close", reason: "drained", message }]);
});

Deno.test("[WPR1] a worker waits for its rooms, and reports the end of a room that does not report it", async () => {
  const { clock, rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  clock.advance(2_000);
  init(ben);
  let emptied = false;
  const closing = rooms.closeAll().then(() => {
    emptied = true;
  });
  rooms[Symbol.dispose]();
  deepEqual(
    out.slice(-2).map(({ type, payload }) => [type, "reason" in payload && payload.reason]),
    [["room.closed", "drained"], ["session.ended", "drained"]],
  );
  ok(processes.every(({ killed }) => killed));
  equal(emptied, false);
  for (const { listener } of processes) listener.gone({ reason: "crashed", how: "by signal" });
  await closing;
  equal(out.filter(({ type }) => type === "room.closed").length, 1);
});

Deno.test("[ROM26] [SES5] a room reports saves of an app that it was to start, also after its end, and of no other", () => {
  const { processes, rooms, out, init } = setup();
  const saved = (...apps: string[]) => {
    out.length = 0;
    processes[0]!.listener.message({
      id: "s",
      type: "saves.changed",
      payload: { apps: apps.map((app) => AppId.parse(app)) },
    });
    return out.length > 0;
  };
  equal(saved("duel"), false, "a spare runs no app");
  init(ana);
  equal(saved("duel"), false, "nothing was started");
  rooms.receive({
    id: "start",
    type: "app.start",
    payload: { session_id: ana, app_id: AppId.parse("duel") },
  });
  opened(processes[0]!);
  deepEqual([saved("duel"), saved("pong"), saved("duel", "pong")], [true, false, false]);
  processes[0]!.listener.message({
    id: "r",
    type: "room.changed",
    payload: { room: { ...roomOf(processes[0]!), app_id: AppId.parse("pong") } },
  });
  equal(saved("pong"), false, "what the room says that it runs is no proof");
  closed(processes[0]!, ana);
  equal(saved("duel"), true, "its last state is kept after its end");
});

Deno.test("[SES7] a session that moves to another room leaves the first", () => {
  const { clock, processes, init } = setup();
  init(ana);
  clock.advance(2_000);
  init(ben);
  opened(processes[1]!);
  init(ana, roomOf(processes[1]!).room_id);
  const last = processes[0]!.sent.at(-1)!;
  ok(last.type === "message" && last.message.type === "session.end");
});

const takeOver = {
  room_id: RoomId.parse("room_moved"),
  app_id: AppId.parse("duel"),
  generation: 2,
  owner: { holder: "brw_ana" },
  seats: [{ session_id: ana, seat: 1 }],
};

Deno.test("[MOV1] a room of another worker keeps id and owner here, and its sessions enter it", () => {
  const { rooms, processes, init } = setup();
  rooms.takeOver(takeOver);
  rooms.takeOver(takeOver);
  const [configure, start, ...more] = processes[0]!.sent;
  equal(more.length, 0);
  equal(start?.type, "take_over");
  if (configure?.type !== "configure") throw new Error("not configured");
  const { roomId, generation, holders } = configure.settings;
  deepEqual([roomId, generation, holders], ["room_moved", 2, ["brw_ana"]]);
  init(ana, takeOver.room_id);
  deepEqual(processes[0]!.sent.slice(2).map(({ type }) => type), ["pass", "message"]);
});

Deno.test("[MOV5] a room of another worker that cannot go on here is reported as closed", () => {
  const { rooms, out, init, processes } = setup({ capacity: 1 });
  init(ana);
  opened(processes[0]!);
  rooms.takeOver(takeOver);
  const { type, payload } = out.at(-1)!;
  deepEqual([type, payload], ["room.closed", {
    room_id: "room_moved",
    sessions: [],
    reason: "failed",
    message: "Every place here is taken",
  }]);
});
