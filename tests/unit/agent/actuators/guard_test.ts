import { deepEqual, equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { createGuard } from "../../../../agent/actuators/guard/guard.ts";
import type { FromGuard, ToGuard } from "../../../../agent/actuators/guard/messages.ts";
import { OUTPUT_DEFAULTS } from "../../../../agent/actuators/outputs.ts";
import { every } from "../../../../protocol/clock.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeActuator } from "../../../fakes/actuators/bus.ts";
import { FakeClock } from "../../../fakes/clock.ts";

/** A guard's process as the agent sees it. */
class FakeGuard extends EventEmitter {
  readonly received: ToGuard[] = [];
  readonly writes: (() => void)[] = [];
  connected = true;
  isKilled = false;
  /** Whether its program runs. */
  runs = true;

  send(message: ToGuard, _handle: unknown, _options: unknown, done: () => void): boolean {
    this.received.push(message);
    this.writes.push(done);
    return true;
  }

  says(message: FromGuard): void {
    this.emit("message", message);
  }

  beats(): void {
    if (this.runs && this.connected) this.says({ type: "alive" });
  }

  dies(): void {
    this.connected = false;
    this.emit("exit", null, "SIGKILL");
  }

  kill(): boolean {
    return this.isKilled = true;
  }
}

function guarded() {
  const clock = new FakeClock();
  const { listener, reports } = new FakeActuator(clock);
  const children: FakeGuard[] = [];
  const vehicle = {
    actuator: { kind: "log" },
    outputs: [{ ...OUTPUT_DEFAULTS, input: "steering", output: 0 }],
    silence: 500,
  } as const;
  const actuators = createGuard({
    vehicle,
    startChild: () => {
      const child = new FakeGuard();
      every(clock, 50, () => child.beats());
      children.push(child);
      return child as unknown as ChildProcess;
    },
    program: { entry: "main.ts", arguments: [] },
    clock,
    log: createLog({ clock, sink: () => {} }),
    listener,
  });
  return { clock, reports, children, vehicle, actuators };
}

/** A vehicle that is armed, with a guard that stands by. */
function armed() {
  const scene = guarded();
  scene.children[0]!.says({ type: "ready" });
  scene.clock.advance(0);
  scene.children[1]!.says({ type: "ready" });
  scene.children[0]!.says({ type: "changed", state: { state: "armed" } });
  scene.clock.advance(1_000);
  return scene;
}

const FAILSAFE = { state: "failsafe", cause: "guard_lost" } as const;

Deno.test("[ACT11] the guard that stands by takes the place of one that ends, and its vehicle is in failsafe", () => {
  const { clock, reports, children, vehicle, actuators } = armed();
  deepEqual(children[0]!.received, [{ type: "start", vehicle, cause: undefined }]);
  deepEqual(children[1]!.received, [], "it holds nothing while it stands by");
  children[0]!.dies();
  deepEqual([actuators.state, reports], [FAILSAFE, [{ state: "armed" }, FAILSAFE]]);
  deepEqual(children[1]!.received, [{ type: "start", vehicle, cause: "guard_lost" }]);
  clock.advance(0);
  equal(children.length, 3, "another one stands by");
});

Deno.test("[ACT12] the guard that stands by takes the place of one that hangs within the silence, and the one that hangs is killed", () => {
  const { clock, children, vehicle, actuators } = armed();
  children[0]!.runs = false;
  clock.advance(300);
  deepEqual(children[1]!.received, [], "it may be slow");
  clock.advance(130);
  ok(children[0]!.isKilled);
  deepEqual(actuators.state, FAILSAFE);
  deepEqual(children[1]!.received, [{ type: "start", vehicle, cause: "guard_lost" }]);
});

Deno.test("[ACT12] a guard that hangs is followed once, also when its end is reported before it is given up", () => {
  const { clock, children } = armed();
  children[0]!.runs = false;
  clock.advance(400);
  children[0]!.dies();
  clock.advance(500);
  equal(children.length, 3);
  equal(children[1]!.received.length, 1);
});

Deno.test("[ACT12] time in which the agent did not run does not count against its guards", () => {
  const { clock, children } = armed();
  clock.sleep(60_000);
  clock.advance(0);
  clock.advance(200);
  deepEqual(children.map(({ isKilled }) => isKilled), [false, false]);
});

Deno.test("[ACT12] a guard that hangs while it stands by, or that does not begin, is replaced", () => {
  const { clock, children } = armed();
  children[1]!.runs = false;
  clock.advance(1_100);
  ok(children[1]!.isKilled);
  equal(children.length, 3);
  children[2]!.runs = false;
  clock.advance(31_000);
  ok(children[2]!.isKilled);
  ok(!children[0]!.isKilled);
});

Deno.test("[ACT13] a vehicle is armed only while a guard stands by, and is in failsafe when that one ends", () => {
  const { clock, reports, children, actuators } = guarded();
  children[0]!.says({ type: "ready" });
  clock.advance(0);
  actuators.arm();
  deepEqual(reports, ["no_standby"]);
  children[1]!.says({ type: "ready" });
  actuators.arm();
  deepEqual(children[0]!.received.at(-1), { type: "arm" });
  children[0]!.says({ type: "changed", state: { state: "armed" } });
  clock.advance(1_000);
  children[1]!.dies();
  deepEqual(children[0]!.received.at(-1), { type: "lost", cause: "guard_lost" });
  actuators.arm();
  equal(reports.at(-1), "no_standby");
  clock.advance(0);
  children[2]!.says({ type: "ready" });
  actuators.arm();
  deepEqual(children[0]!.received.at(-1), { type: "arm" });
});

Deno.test("[ACT13] two guards that end one after the other leave a vehicle that was not armed meanwhile", () => {
  const { clock, reports, children, actuators } = armed();
  children[0]!.dies();
  clock.advance(200);
  actuators.arm();
  deepEqual(children[1]!.received.map(({ type }) => type), ["start"], "it is not asked to arm");
  children[1]!.dies();
  deepEqual(reports.filter((report) => report !== "no_standby"), [{ state: "armed" }, FAILSAFE]);
});

Deno.test("[ACT11] a guard that is not ready when its turn comes begins once it is", () => {
  const { clock, children, vehicle } = guarded();
  children[0]!.says({ type: "ready" });
  clock.advance(1_000);
  children[0]!.dies();
  deepEqual(children[1]!.received, []);
  children[1]!.says({ type: "ready" });
  deepEqual(children[1]!.received, [{ type: "start", vehicle, cause: undefined }]);
});

Deno.test("[ACT11] guards that stand by and end at once are started once a second", () => {
  const { clock, children } = guarded();
  children[0]!.says({ type: "ready" });
  clock.advance(0);
  children[1]!.dies();
  clock.advance(999);
  equal(children.length, 2);
  clock.advance(1);
  equal(children.length, 3);
});

Deno.test("[ACT11] without one that stands by, a guard that ends at once is started again once a second", () => {
  const { clock, children, actuators } = guarded();
  clock.advance(100);
  children[0]!.dies();
  clock.advance(999);
  equal(children.length, 1);
  clock.advance(1);
  children[1]!.dies();
  actuators[Symbol.dispose]();
  clock.advance(10_000);
  equal(children.length, 2);
});

Deno.test("[ACT11] control that the pipe does not take is dropped, and nothing else is", () => {
  const { children, actuators } = guarded();
  const [child] = children;
  const control = { wish: { steering: 1, throttle: 0 }, sentAt: 0 };
  for (let count = 0; count < 1_000; count++) actuators.control(control);
  equal(child!.received.length, 8);
  actuators.disarm();
  deepEqual(child!.received.at(-1), { type: "disarm" });
  for (const written of child!.writes) written();
  actuators.control(control);
  deepEqual(child!.received.at(-1), { type: "control", control });
});

Deno.test("[ACT11] guards that do not end when they are asked are killed", () => {
  const { clock, children, vehicle, actuators } = guarded();
  children[0]!.says({ type: "ready" });
  clock.advance(1_000);
  actuators[Symbol.dispose]();
  const start = { type: "start", vehicle, cause: undefined };
  deepEqual(children.map(({ received }) => received), [[start, { type: "end" }], [{
    type: "end",
  }]]);
  clock.advance(1_000);
  deepEqual(children.map(({ isKilled }) => isKilled), [true, true]);
});
