import { deepEqual } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { roomProcesses } from "../../../worker/room_process.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const preferred: number[] = [];
  const child = Object.assign(new EventEmitter(), { pid: 7, stdio: [], kill: () => true });
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
    gone: () => {},
  });
  return { clock, child, process, preferred };
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
