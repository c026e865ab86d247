import { deepEqual, equal, throws } from "node:assert/strict";
import { createActuators } from "../../../../agent/actuators/actuators.ts";
import { jsonFrame } from "../../../../agent/actuators/drivers/frames.ts";
import { overrideFrame } from "../../../../agent/actuators/drivers/mavlink.ts";
import { createActuatorOpener } from "../../../../agent/actuators/drivers/open.ts";
import { crsfFrame, sbusFrame } from "../../../../agent/actuators/drivers/rc_frames.ts";
import { OUTPUT_DEFAULTS, type Pulse } from "../../../../agent/actuators/outputs.ts";
import type { ActuatorConfig } from "../../../../agent/actuators/settings.ts";
import vectors from "../../../vectors/actuators.json" with { type: "json" };
import { FakeClock } from "../../../fakes/clock.ts";
import { FakeDevices } from "../../../fakes/actuators/devices.ts";

const pulsesOf = (pairs: number[][]): Pulse[] =>
  pairs.map(([output, width]) => ({ output: output!, width: width! }));

Deno.test("[ACT9] frames are those of the golden vectors", () => {
  for (const { pulses, sequence, hex } of vectors.mavlink) {
    equal(overrideFrame(pulsesOf(pulses), sequence).toHex(), hex);
  }
  for (const { pulses, hex } of vectors.crsf) equal(crsfFrame(pulsesOf(pulses)).toHex(), hex);
  for (const { pulses, hex } of vectors.sbus) equal(sbusFrame(pulsesOf(pulses)).toHex(), hex);
});

Deno.test("[ACT9] a program on the same machine gets the pulses as JSON", () => {
  const frame = jsonFrame([{ output: 0, width: 1500.04 }], { sequence: 7, at: 81.5 });
  deepEqual(JSON.parse(new TextDecoder().decode(frame)), {
    sequence: 7,
    at: 81.5,
    pulses: { 0: 1500 },
  });
});

const CONFIGS: Record<string, { config: ActuatorConfig; neutral: string; full: string }> = {
  pwm: {
    config: { kind: "pwm", path: "/sys/class/pwm/pwmchip0" },
    neutral: "/sys/class/pwm/pwmchip0/pwm1/duty_cycle 1500000",
    full: "/sys/class/pwm/pwmchip0/pwm1/duty_cycle 2000000",
  },
  pca9685: {
    config: { kind: "pca9685", path: "/dev/i2c-1", address: 0x41 },
    neutral: "/dev/i2c-1 0a00003301",
    full: "/dev/i2c-1 0a00009a01",
  },
  mavlink: {
    config: { kind: "mavlink", path: "/dev/ttyS1", speed: 57_600 },
    neutral: "ffffdc05ffff",
    full: "ffffd007ffff",
  },
  crsf: {
    config: { kind: "crsf", path: "/dev/ttyS1" },
    neutral: crsfFrame([{ output: 1, width: 1500 }]).toHex(),
    full: crsfFrame([{ output: 1, width: 2000 }]).toHex(),
  },
  sbus: {
    config: { kind: "sbus", path: "/dev/ttyS1" },
    neutral: sbusFrame([{ output: 1, width: 1500 }]).toHex(),
    full: sbusFrame([{ output: 1, width: 2000 }]).toHex(),
  },
  log: { config: { kind: "log" }, neutral: "log 1: 1500 µs", full: "log 1: 2000 µs" },
};

for (const [name, { config, neutral, full }] of Object.entries(CONFIGS)) {
  Deno.test(`[ACT4] ${name} gets neutral first and last, and what its driver wishes between`, () => {
    const clock = new FakeClock();
    const devices = new FakeDevices();
    const actuators = createActuators({
      outputs: [{ ...OUTPUT_DEFAULTS, input: "throttle", output: 1 }],
      silence: 500,
      clock,
      open: createActuatorOpener(config, {
        clock,
        log: (text) => devices.writes.push(`log ${text}`),
        devices: () => devices.open,
      }),
      listener: { changed() {}, refused() {} },
    });
    const last = (text: string) => devices.writes.at(-1)!.includes(text);
    deepEqual([devices.writes.some((write) => write.includes(full)), actuators.state.state], [
      false,
      "disarmed",
    ]);
    actuators.control({ wish: { steering: 0, throttle: 0 }, sentAt: 0 });
    actuators.arm();
    clock.advance(20);
    equal(devices.writes.some((write) => write.includes(neutral)), true);
    clock.advance(5);
    actuators.control({ wish: { steering: 0, throttle: 1 }, sentAt: 25 });
    clock.advance(5);
    equal(last(full), true);
    actuators[Symbol.dispose]();
    equal(last(neutral), true);
    equal(devices.opened, 0, "all devices are closed");
  });

  if (name === "log") continue;
  Deno.test(`[ACT8] ${name} that fails is an error with a sentence, and closes its devices`, () => {
    const clock = new FakeClock();
    const devices = new FakeDevices();
    const open = createActuatorOpener(config, { clock, log() {}, devices: () => devices.open });
    devices.fault = "the device is gone";
    throws(() => {
      const actuator = open(() => {});
      actuator.write([{ output: 1, width: 1500 }]);
    }, /^Error: Cannot \w+ .*: the device is gone$/);
    equal(devices.opened, 0);
  });
}

Deno.test("[ACT9] a PWM channel gets its pulse before it is switched on", () => {
  const devices = new FakeDevices();
  const config = { kind: "pwm", path: "/sys/class/pwm/pwmchip0" } as const;
  const open = createActuatorOpener(config, {
    clock: new FakeClock(),
    log() {},
    devices: () => devices.open,
  });
  const actuator = open(() => {});
  actuator.write([{ output: 0, width: 1520 }]);
  actuator.write([{ output: 0, width: 1540 }]);
  deepEqual(devices.writes.map((write) => write.replace("/sys/class/pwm/pwmchip0/", "")), [
    "export 0",
    "pwm0/period 20000000",
    "pwm0/duty_cycle 1520000",
    "pwm0/enable 1",
    "pwm0/duty_cycle 1540000",
  ]);
});

Deno.test("[ACT9] the chip is chosen, set while asleep, and woken with its first pulses", () => {
  const devices = new FakeDevices();
  const config = { kind: "pca9685", path: "/dev/i2c-1", address: 0x41 } as const;
  const open = createActuatorOpener(config, {
    clock: new FakeClock(),
    log() {},
    devices: () => devices.open,
  });
  using actuator = open(() => {});
  actuator.write([{ output: 0, width: 1500 }]);
  deepEqual(devices.requests, [[0x0703, 0x41]]);
  deepEqual(devices.writes, [
    "/dev/i2c-1 0030",
    "/dev/i2c-1 fe79",
    "/dev/i2c-1 0600003301",
    "/dev/i2c-1 0020",
  ]);
});
