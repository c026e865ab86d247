import { deepEqual, equal, ok } from "node:assert/strict";
import { SessionId } from "../../../protocol/ids.ts";
import { signPass } from "../../../protocol/signed_pass.ts";
import {
  ana,
  ben,
  closed,
  codeOf,
  KEY,
  opened,
  roomOf,
  setup,
} from "../../support/stack/rooms_scene.ts";

Deno.test("[ROM35] a room that reported its end holds no place and is in no hello, while its process ends", () => {
  const { rooms, processes, out, init } = setup({ capacity: 1 });
  init(ana);
  opened(processes[0]!);
  closed(processes[0]!, ana);
  deepEqual([rooms.free, rooms.running, rooms.owners, rooms.sessions], [1, [], [], []]);
  init(ben);
  equal(codeOf(out.at(-1)), undefined);
  equal(rooms.free, 0);
});

Deno.test("[ROM35] a place whose session ended before it started anything is free at once", () => {
  const { rooms, processes, out, init } = setup({ capacity: 1 });
  init(ana);
  const end = { session_id: ana, reason: "right_ended" as const };
  rooms.receive({ id: "e", type: "session.end", payload: end });
  equal(rooms.free, 1);
  init(ben);
  equal(codeOf(out.at(-1)), undefined);
  processes[0]!.listener.gone({ reason: "crashed", how: "with exit code 0" });
  deepEqual([rooms.free, rooms.sessions.length], [0, 1]);
});

Deno.test("[ROM35] a worker with two processes that are ending opens no room beyond its capacity", () => {
  const { clock, rooms, processes, init } = setup({ capacity: 1 });
  for (const n of [0, 1, 2]) {
    const session = SessionId.parse(`s${n}`);
    init(session);
    opened(processes[n]!);
    closed(processes[n]!, session);
    clock.advance(2_000);
    equal(rooms.free, n < 2 ? 1 : 0);
  }
  processes[0]!.listener.gone({ reason: "crashed", how: "with exit code 0" });
  equal(rooms.free, 1);
});

Deno.test("[MOV5] a room that still closes here cannot go on here: that is reported at once, and once", () => {
  const { rooms, processes, out, init } = setup();
  init(ana);
  opened(processes[0]!);
  const { room_id, app_id } = roomOf(processes[0]!);
  rooms.close(room_id, "continued");
  out.length = 0;
  const seats = [{ session_id: ben, seat: 0 }];
  rooms.takeOver({ room_id, app_id, generation: 2, owner: {}, seats });
  opened(processes[0]!);
  closed(processes[0]!, ana);
  processes[0]!.listener.gone({ reason: "crashed", how: "with exit code 0" });
  const message = "It still closes here";
  deepEqual(out.map(({ type, payload }) => [type, payload]), [
    ["room.closed", { room_id, sessions: [], reason: "failed", message }],
  ]);
  deepEqual([rooms.running, rooms.sessions], [[], []]);
});

Deno.test("[PAS10] a worker reports what the pass of each session follows from, and its rooms do not receive it", () => {
  const { clock, rooms, processes, init } = setup();
  init(ana, undefined, { proof: { share_id: "shr_1", browser: "brw_1" } });
  const reported = () => rooms.sessions.map(({ proof }) => proof);
  deepEqual(reported(), [{ share_id: "shr_1", browser: "brw_1" }]);
  const pass = signPass({
    session_id: ana,
    role: "player",
    owner: {},
    holders: ["holder-of-ana"],
    proof: { login_id: "log_1" },
    expires_at: clock.epoch() + 1_000,
  }, KEY);
  rooms.receive({ id: "p", type: "session.pass", payload: { session_id: ana, pass } });
  deepEqual(reported(), [{ login_id: "log_1" }]);
  const passes = processes[0]!.sent.filter((each) => each.type === "pass");
  equal(passes.length, 2);
  ok(passes.every((each) => !("proof" in each.pass)));
});
