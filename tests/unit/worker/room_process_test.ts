import { deepEqual, equal, match } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { type ProcessEnd, roomProcesses } from "../../../worker/room_process.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const preferred: number[] = [];
  const ended: ProcessEnd[] = [];
  const signals: string[] = [];
  const child = Object.assign(new EventEmitter(), {
    pid: 7,
    stdio: [],
    kill: (signal: string) => signals.push(signal) > 0,
  });
  const process = roomProcesses({
    clock,
    permissions: [],
    startChild: () => child as unknown as ChildProcess,
    prefer: (pid) => void preferred.push(pid),
  })({
    ready: () => {},
    message: () => {},
    live: () => {},
    packets: () => {},
    gone: (end) => void ended.push(end),
  });
  return { clock, child, process, preferred, ended, signals };
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

Deno.test("[ROM16] a message that cannot be read ends its own room alone, and its process", () => {
  const { child, ended, signals, clock } = setup();
  child.emit("message", null);
  equal(ended[0]?.reason, "crashed");
  match(ended[0]?.how ?? "", /^after a message that cannot be read: /);
  child.emit("message", null);
  deepEqual([ended.length, signals, clock.pending], [1, ["SIGKILL"], 0]);
});
