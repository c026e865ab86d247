import { deepEqual, equal } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { createGuard } from "../../../../agent/actuators/guard/guard.ts";
import type { FromGuard, ToGuard } from "../../../../agent/actuators/guard/messages.ts";
import { OUTPUT_DEFAULTS } from "../../../../agent/actuators/outputs.ts";
import { createLog } from "../../../../protocol/log.ts";
import { FakeActuator } from "../../../fakes/actuators/bus.ts";
import { FakeClock } from "../../../fakes/clock.ts";

/** A guard's process as the agent sees it. */
class FakeGuard extends EventEmitter {
  readonly received: ToGuard[] = [];
  readonly writes: (() => void)[] = [];
  connected = true;
  isKilled = false;

  send(message: ToGuard, _handle: unknown, _options: unknown, done: () => void): boolean {
    this.received.push(message);
    this.writes.push(done);
    return true;
  }

  says(message: FromGuard): void {
    this.emit("message", message);
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

Deno.test("[ACT11] the guard that stands by takes the place of one that ends, and its vehicle is in failsafe", () => {
  const { clock, reports, children, vehicle, actuators } = guarded();
  children[0]!.says({ type: "ready" });
  deepEqual(children[0]!.received, [{ type: "start", vehicle, cause: undefined }]);
  children[0]!.says({ type: "changed", state: { state: "armed" } });
  clock.advance(1_000);
  children[1]!.says({ type: "ready" });
  deepEqual(children[1]!.received, [], "it holds nothing while it stands by");
  children[0]!.dies();
  const failsafe = { state: "failsafe", cause: "guard_lost" } as const;
  deepEqual([actuators.state, reports], [failsafe, [{ state: "armed" }, failsafe]]);
  deepEqual(children[1]!.received, [{ type: "start", vehicle, cause: "guard_lost" }]);
  clock.advance(1_000);
  equal(children.length, 3, "another one stands by");
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

Deno.test("[ACT11] a guard that ends while it stands by is started again, and changes nothing for the vehicle", () => {
  const { clock, reports, children } = guarded();
  children[0]!.says({ type: "ready" });
  children[0]!.says({ type: "changed", state: { state: "armed" } });
  clock.advance(1_000);
  children[1]!.dies();
  clock.advance(999);
  equal(children.length, 2);
  clock.advance(1);
  equal(children.length, 3);
  deepEqual(reports, [{ state: "armed" }]);
});

Deno.test("[ACT11] without one that stands by, a guard that ends at once is started again once a second", () => {
  const { clock, children, actuators } = guarded();
  children[0]!.says({ type: "ready" });
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
