/**
 * An agent that drives: it has a guard, arms, and holds a wheel that turns. A process of its own, to be killed.
 *
 * `driver_main.ts PORT SILENCE`: the guard sends its pulses to this UDP port of loopback.
 *
 * @module
 */
import { every, systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { startChild } from "../../../protocol/process/child.ts";
import { createGuard } from "../../../agent/actuators/guard/guard.ts";
import { OUTPUT_DEFAULTS } from "../../../agent/actuators/outputs.ts";

const [port, silence] = Deno.args.map(Number);
const entry = new URL("../../../agent/main.ts", import.meta.url).pathname;
let turn = 0;

const guard = createGuard({
  vehicle: {
    actuator: { kind: "udp", port: port! },
    outputs: [{ ...OUTPUT_DEFAULTS, input: "steering", output: 0 }],
    silence: silence!,
  },
  startChild,
  program: { entry, arguments: [] },
  clock: systemClock,
  log: createLog({ clock: systemClock, sink: () => {}, level: "error" }),
  listener: { changed: () => {}, refused: () => {} },
});

every(systemClock, 10, () => {
  const isArmed = guard.state.state === "armed";
  // Each control has a width of its own.
  const steering = isArmed ? 0.5 + (turn++ % 500) / 1_000 : 0;
  guard.control({ wish: { steering, throttle: 0 }, sentAt: systemClock.now() });
  if (!isArmed) guard.arm();
});
