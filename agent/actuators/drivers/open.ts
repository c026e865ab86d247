/**
 * Opens the actuator that the settings name.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import type { OpenActuator } from "../ports.ts";
import type { ActuatorConfig } from "../settings.ts";
import { type OpenDevice, openDevices } from "./device.ts";
import { framed, jsonFrame } from "./frames.ts";
import { type LogPulses, openLogActuator } from "./log.ts";
import { overrideFrame } from "./mavlink.ts";
import { openPca9685 } from "./pca9685.ts";
import { openPwm } from "./pwm.ts";
import { crsfFrame, sbusFrame } from "./rc_frames.ts";
import { openSerial } from "./serial.ts";
import { openUdp } from "./udp.ts";

/** Bits a second. */
const CRSF_SPEED = 420_000;
const SBUS_SPEED = 100_000;

/** Makes the function that opens an actuator. */
export function createActuatorOpener(
  config: ActuatorConfig,
  { log, clock, devices = openDevices }: {
    readonly log: LogPulses;
    readonly clock: Clock;
    /** Loads the means to open devices, when one is needed. */
    readonly devices?: () => OpenDevice;
  },
): OpenActuator {
  return (failed) => {
    switch (config.kind) {
      case "log":
        return openLogActuator(log);
      case "udp":
        return framed(
          openUdp(config.port, failed),
          (pulses, sequence) => jsonFrame(pulses, { sequence, at: clock.now() }),
        );
      case "pwm":
        return openPwm(textWriter(devices()), config.path);
      case "pca9685":
        return openPca9685(devices()(config.path), config.address);
      case "mavlink":
        return framed(openSerial(devices(), config.path, config), overrideFrame);
      case "crsf":
        return framed(openSerial(devices(), config.path, { speed: CRSF_SPEED }), crsfFrame);
      case "sbus": {
        const line = { speed: SBUS_SPEED, isEvenWithTwoStops: true };
        return framed(openSerial(devices(), config.path, line), sbusFrame);
      }
    }
  };
}

function textWriter(open: OpenDevice): (path: string, text: string) => void {
  return (path, text) => {
    using file = open(path);
    file.write(new TextEncoder().encode(text));
  };
}
