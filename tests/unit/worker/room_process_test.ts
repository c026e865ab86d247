import { deepEqual, equal, match } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers";
import { type ProcessEnd, roomProcesses } from "../../../worker/room_process.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup() {
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
    startChild: () => child as unknown as ChildProcess,
    prefer: (pid) => void preferred.push(pid),
  })({
    ready: () => {},
    message: () => {},
    live: () => {},
    packets: () => {},
    gone: (end) => void ended.push(end),
    exited: () => void exited++,
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ clock, child, process, packets, preferred, ended, signals, settled },
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
  match(ended[0]?.how ?? "", /^after messages that cannot be read: Cannot read /);
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
