import { deepEqual, equal, match } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import fc from "fast-check";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers";
import { createLog } from "../../../protocol/log.ts";
import {
  type ProcessEnd,
  roomProcesses,
  type RoomProcessListener,
} from "../../../worker/room_process.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup(message: RoomProcessListener["message"] = () => {}) {
  const logged: string[] = [];
  const clock = new FakeClock();
  const preferred: number[] = [];
  const ended: ProcessEnd[] = [];
  const signals: string[] = [];
  const packets = new PassThrough();
  let exited = 0;
  const child = Object.assign(new EventEmitter(), {
    pid: 7 as number | undefined,
    stdio: [null, null, null, null, packets],
    kill: (signal: string) => signals.push(signal) > 0,
  });
  const process = roomProcesses({
    clock,
    permissions: [],
    log: createLog({ clock, sink: (line) => void logged.push(line) }),
    startChild: () => child as unknown as ChildProcess,
    prefer: (pid) => void preferred.push(pid),
  })({
    ready: () => {},
    message,
    live: () => {},
    packets: () => {},
    gone: (end) => void ended.push(end),
    exited: () => void exited++,
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ logged, clock, child, process, packets, preferred, ended, signals, settled },
    exits: () => exited,
  };
}

Deno.test("[ROM39] a process has precedence five seconds after its room opened, once", () => {
  const { clock, process, preferred } = setup();
  clock.advance(10_000);
  process.prefer();
  process.prefer();
  clock.advance(4_999);
  deepEqual(preferred, []);
  clock.advance(10_000);
  deepEqual(preferred, [7]);
});

Deno.test("[ROM39] a process that ended gets no precedence, because another may have its number", () => {
  for (const end of ["exit", "dispose"]) {
    const { clock, child, process, preferred } = setup();
    process.prefer();
    if (end === "exit") child.emit("exit", 0, null);
    else process[Symbol.dispose]();
    clock.advance(10_000);
    deepEqual(preferred, []);
  }
});

Deno.test("[ROM16] [ROM26] a room that says again and again what cannot be read ends alone, with its process", () => {
  const { child, ended, signals, clock } = setup();
  for (let n = 1; n < 16; n++) child.emit("message", null);
  equal(ended.length, 0, "what cannot be read is dropped");
  child.emit("message", { type: "message", message: { type: "worker.hello" } });
  equal(ended[0]?.reason, "crashed");
  match(ended[0]?.how ?? "", /^after messages that cannot be taken: Cannot read /);
  child.emit("message", null);
  deepEqual([ended.length, signals, clock.pending], [1, ["SIGKILL"], 0]);
});

for (const killed of ["by the watchdog", "by its owner"]) {
  Deno.test(`[REC15] a process that is killed ${killed} has exited once it and what confined it have ended`, async () => {
    const { child, process, packets, clock, signals, settled, exits } = setup();
    if (killed === "by its owner") process[Symbol.dispose]();
    else clock.advance(61_000);
    equal(signals[0], "SIGKILL");
    await settled();
    equal(exits(), 0);
    child.emit("exit", null, "SIGKILL");
    await settled();
    equal(exits(), 0);
    packets.end();
    await settled();
    equal(exits(), 1);
  });
}

Deno.test("[REC15] a process that cannot be started has exited", async () => {
  const { child, settled, exits, ended } = setup();
  child.pid = undefined;
  child.emit("error", new Error("no such program"));
  await settled();
  equal(ended.length, 1);
  equal(exits(), 1);
});

const ofRoom = (type: string, payload: object) => ({
  type: "message",
  message: { id: "0197a1b2-c3d4-7000-8000-00000000000a", type, payload },
});

Deno.test("[ROM26] messages about what is not the room's count like those that cannot be read, and the log has the first", () => {
  const { child, ended, signals, logged } = setup(() => ({ fault: "It is about another room" }));
  const foreign = ofRoom("session.media", { session_id: "ben", connected: false });
  for (let n = 0; n < 8; n++) child.emit("message", null);
  for (let n = 0; n < 8; n++) child.emit("message", foreign);
  match(ended[0]?.how ?? "", /cannot be taken: It is about another room/);
  deepEqual([signals, logged.length], [["SIGKILL"], 1]);
});

Deno.test("[ROM40] a room that floods the link ends alone, before it has filled it", () => {
  let passed = 0;
  const { child, ended, signals, clock } = setup((message) => {
    passed += JSON.stringify(message).length;
  });
  const flood = ofRoom("session.ended", {
    session_id: "a",
    reason: "left",
    message: "x".repeat(9_000),
  });
  for (let n = 0; n < 1_000; n++) child.emit("message", flood);
  deepEqual([ended[0]?.reason, signals, clock.pending], ["crashed", ["SIGKILL"], 0]);
  match(ended[0]?.how ?? "", /it sent more than a room may/);
  equal(passed < 512 * 1024, true);
});

Deno.test("[ROM40] a room that floods its worker with what is only dropped ends alone", () => {
  const still = (jpeg: string) => ({ type: "live", event: { type: "still", jpeg } });
  const changed = ofRoom("room.changed", { room: "x".repeat(400_000) });
  // What it says goes nowhere: long pictures, short ones, and changes that cannot be read.
  for (const flood of [still("x".repeat(400_000)), still(""), changed]) {
    const { child, ended, signals, clock, logged } = setup();
    for (let n = 0; n < 400; n++) child.emit("message", flood);
    deepEqual([ended[0]?.reason, signals, clock.pending], ["crashed", ["SIGKILL"], 0]);
    equal(logged.length <= 1, true);
  }
});

Deno.test("[ROM40] whatever a room floods its worker with, what it passes on is bounded, and it does not throw", () => {
  const payloads = fc.record({
    session_id: fc.constantFrom("ana", "ben", 7),
    connected: fc.boolean(),
    reason: fc.constantFrom("left", "quit", "nothing"),
    message: fc.string({ maxLength: 3_000 }),
    peer_id: fc.constant("p"),
    candidate: fc.string({ maxLength: 1_200 }),
  });
  const types = fc.constantFrom(
    "session.media",
    "session.ended",
    "webrtc.candidate",
    "room.changed",
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(types, payloads), { minLength: 1 }), (kinds) => {
      let passed = 0;
      const { child } = setup((message) => {
        passed += JSON.stringify(message).length;
      });
      for (let n = 0; n < 3_000; n++) child.emit("message", ofRoom(...kinds[n % kinds.length]!));
      equal(passed < 512 * 1024, true);
    }),
    { numRuns: 20 },
  );
});
