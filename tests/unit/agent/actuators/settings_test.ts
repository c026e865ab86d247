import { deepEqual, ok } from "node:assert/strict";
import { readActuator, readOutput } from "../../../../agent/actuators/settings.ts";

Deno.test("[ACT10] the setting of the actuator names its bus", () => {
  const table: [string, unknown][] = [
    ["log", { kind: "log" }],
    ["udp:9000", { kind: "udp", port: 9000 }],
    ["pwm:/sys/class/pwm/pwmchip0", { kind: "pwm", path: "/sys/class/pwm/pwmchip0" }],
    ["pca9685:/dev/i2c-1", { kind: "pca9685", path: "/dev/i2c-1", address: 0x40 }],
    ["pca9685:/dev/i2c-1@0x41", { kind: "pca9685", path: "/dev/i2c-1", address: 0x41 }],
    ["mavlink:/dev/ttyS0", { kind: "mavlink", path: "/dev/ttyS0", speed: 921_600 }],
    ["mavlink:/dev/ttyACM0@57600", { kind: "mavlink", path: "/dev/ttyACM0", speed: 57_600 }],
    ["crsf:/dev/serial/by-id/usb-1:2", { kind: "crsf", path: "/dev/serial/by-id/usb-1:2" }],
    ["sbus:/dev/ttyS0", { kind: "sbus", path: "/dev/ttyS0" }],
  ];
  for (const [text, value] of table) deepEqual(readActuator(text), { value });
});

Deno.test("[ACT10] what is no actuator is refused with a reason", () => {
  for (
    const text of [
      "",
      "servo",
      "udp:0",
      "udp:99999",
      "udp:9000@1",
      "pwm:/etc/passwd",
      "crsf:/dev/../etc/passwd",
      "sbus:/dev/ttyS0@9600",
      "pca9685:/dev/i2c-1@0x80",
      "mavlink:/dev/ttyS0@fast",
    ]
  ) ok("fault" in readActuator(text), text);
});

Deno.test("[ACT10] the setting of an output names its input, its number and what differs", () => {
  deepEqual(readOutput("throttle 1 min=1200 max=1800 trim=-10 expo=20 rate=4000 invert"), {
    value: {
      input: "throttle",
      output: 1,
      min: 1200,
      max: 1800,
      neutral: 1500,
      trim: -10,
      inverted: true,
      expo: 20,
      rate: 4000,
    },
  });
});

Deno.test("[ACT10] what is no output is refused with a reason", () => {
  const table: [string, RegExp][] = [
    ["wheel 0", /"wheel" is not/],
    ["steering", /whole number from 0 to 15/],
    ["steering 0 speed=1", /"speed=1" must be invert/],
    ["steering 0 min=x", /"min=x" must be/],
    ["steering 0 min=1600 max=1500", /min must be below max/],
    ["steering 0 max=1400", /neutral with its trim/],
  ];
  for (const [text, reason] of table) {
    const read = readOutput(text);
    ok("fault" in read && reason.test(read.fault), JSON.stringify(read));
  }
});
