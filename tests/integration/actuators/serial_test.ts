import { equal, throws } from "node:assert/strict";
import { createActuatorOpener } from "../../../agent/actuators/drivers/open.ts";
import { overrideFrame } from "../../../agent/actuators/drivers/mavlink.ts";
import { crsfFrame, sbusFrame } from "../../../agent/actuators/drivers/rc_frames.ts";
import type { ActuatorConfig } from "../../../agent/actuators/settings.ts";
import { systemClock } from "../../../protocol/clock.ts";
import { openPseudoTerminal } from "../../support/actuators/pseudo_terminal.ts";

// A newline and the byte that stops output would be changed or swallowed by a line that is not raw.
const PULSES = [{ output: 0, width: 1506.25 }, { output: 1, width: 1000 }, {
  output: 2,
  width: 2570,
}];
const open = (config: ActuatorConfig) =>
  createActuatorOpener(config, { clock: systemClock, log() {} })((error) => {
    throw error;
  });

for (
  const [config, frame] of [
    [{ kind: "crsf" }, crsfFrame(PULSES)],
    [{ kind: "sbus" }, sbusFrame(PULSES)],
    [{ kind: "mavlink", speed: 57_600 }, overrideFrame(PULSES, 0)],
  ] as const
) {
  Deno.test(`[ACT9] a ${config.kind} frame passes a real serial line as it is`, () => {
    using line = openPseudoTerminal();
    using actuator = open({ ...config, path: line.path });
    actuator.write(PULSES);
    equal(line.read().toHex(), frame.toHex());
  });
}

Deno.test("[ACT8] a line that is blocked, and a device that is none, are faults with a sentence", () => {
  using line = openPseudoTerminal();
  using actuator = open({ kind: "crsf", path: line.path });
  throws(() => {
    for (let count = 0; count < 10_000; count++) actuator.write(PULSES);
  }, { message: `Cannot write to ${line.path}: the line is blocked: it takes no more bytes` });
  throws(() => open({ kind: "sbus", path: "/dev/null" }), {
    message: "Cannot set up /dev/null: it is no such device",
  });
  throws(() => open({ kind: "pca9685", path: "/dev/no-i2c", address: 0x40 }), {
    message: "Cannot open /dev/no-i2c: there is no such device",
  });
});
