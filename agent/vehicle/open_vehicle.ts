/**
 * Opens the vehicle that the settings name: its guard, its connection to workers, and the port of readings.
 *
 * @module
 */
import { isLoopbackHost } from "../../protocol/addresses/hosts.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Address } from "../../protocol/datagram/ports.ts";
import type { DeviceStatus } from "../../protocol/field/device.ts";
import { errorText } from "../../protocol/error_text.ts";
import type { Log } from "../../protocol/log.ts";
import type { StartChild } from "../../protocol/process/child.ts";
import type { Random } from "../../protocol/random.ts";
import { createGuard } from "../actuators/guard/guard.ts";
import type { AgentSettings } from "../config.ts";
import type { Program } from "../program.ts";
import { readOwnAddresses } from "../probes/interfaces.ts";
import { openViewer } from "./open_viewer.ts";
import type { DrivePath } from "./ports.ts";
import { openTelemetryPort } from "./telemetry_port.ts";
import { TiedSockets } from "./tied/tied_sockets.ts";
import { Vehicle } from "./vehicle.ts";
import { linkToWorker } from "./worker_link.ts";

/** What a vehicle needs. */
export interface OpenVehicleOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: Pick<
    AgentSettings,
    "actuator" | "actuatorOutputs" | "failsafeSilence" | "telemetryPort" | "openViewer"
  >;
  readonly startChild: StartChild;
  readonly program: Program;
  /** The folder of process files. */
  readonly processes: string;
  readonly changed: () => void;
}

/** Opens the vehicle; `undefined` when the settings name no actuator. */
export function openVehicle(
  { settings, changed, ...ports }: OpenVehicleOptions,
): Vehicle | undefined {
  const { actuator, actuatorOutputs: outputs, failsafeSilence: silence, telemetryPort } = settings;
  const { openViewer: viewer } = settings;
  if (!actuator) return undefined;
  const { clock, log } = ports;
  const vehicle = new Vehicle({
    clock,
    log,
    actuator: actuator.kind,
    openActuators: (listener) =>
      createGuard({ ...ports, vehicle: { actuator, outputs, silence }, listener }),
    ...(viewer && { openViewer: (events) => openViewer(ports, { to: viewer, silence }, events) }),
    connect(target, events) {
      const sockets = new TiedSockets(ports);
      const openerFor = ({ interface: name }: DrivePath, to: Address) =>
        name === undefined || isOwn(to.host) ? undefined : sockets.openerFor(name, to);
      const link = linkToWorker({ ...ports, silence, openerFor }, target, events);
      return {
        ...link,
        [Symbol.dispose]() {
          link[Symbol.dispose]();
          sockets[Symbol.dispose]();
        },
      };
    },
    changed,
  });
  if (telemetryPort !== 0) {
    openTelemetryPort(telemetryPort, { clock, log, readings: vehicle.readings }).then(
      ({ port }) => log.info("readings of the vehicle are taken", { port }),
      (error) => log.error("readings of the vehicle are not taken", { error: errorText(error) }),
    );
  }
  return vehicle;
}

/** Whether an address is of the device itself, which is reached over no interface. */
function isOwn(host: string): boolean {
  return isLoopbackHost(host) || readOwnAddresses().includes(host);
}

/** The readings that a device knows of itself. */
export function ownReadings(
  { cpu_percent, temperature_c, network_interfaces }: DeviceStatus,
): Record<string, unknown> {
  const used = network_interfaces.find(({ has_default_route }) => has_default_route);
  return {
    cpu_percent: Math.min(100, cpu_percent),
    temperature_c,
    signal_dbm: used?.signal_dbm,
  };
}
