/**
 * The device's status, gathered from its probes. A probe that fails is left out and does not stop the others.
 *
 * @module
 */
import type { DeviceStatus, LinkStats } from "../protocol/field/device.ts";
import type { Clock, Millis } from "../protocol/clock.ts";
import type { Log } from "../protocol/log.ts";
import type { Broadcaster } from "./broadcaster.ts";
import { readInterfaces } from "./probes/interfaces.ts";
import type { ReadKernelFiles } from "./probes/kernel_files.ts";
import type { MachineState } from "./probes/machine.ts";
import type { Signal } from "./probes/modem.ts";
import { readSignals } from "./probes/signal.ts";
import type { ToolRunner } from "./probes/tool.ts";
import { readVideoInputs } from "./probes/video_inputs.ts";

/** Modems and cameras are queried by programs; their answers are kept this long, in milliseconds. */
const SLOW_PERIOD = 15_000;

/** Most interfaces that are reported; a machine with more has containers or tunnels. */
const MAX_INTERFACES = 64;

/** The probes and parts that the status is gathered from. */
export interface StatusReaderOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly tools: ToolRunner;
  readonly readKernel: ReadKernelFiles;
  readonly readMachine: () => Promise<MachineState>;
  readonly readMedia: () => Promise<DeviceStatus["saved_media"]>;
  readonly broadcaster: Pick<Broadcaster, "state" | "running" | "uses">;
  readonly update: () => DeviceStatus["update"];
  /** `undefined`: the device is no vehicle. */
  readonly vehicle: () => DeviceStatus["vehicle"];
  /** The levels of all radios were read, by interface. */
  readonly signals?: (levels: ReadonlyMap<string, Signal>, at: Millis) => void;
  /** What is reported of the settings that operators push. */
  readonly settings: () => DeviceStatus["settings"];
  /** What is reported of the device's own recording. */
  readonly recording: () => DeviceStatus["recording"];
  /** Whether the simulated car is among the inputs. */
  readonly simulatedCar: boolean;
}

/** An input that every device has. */
const TEST_PICTURE: DeviceStatus["media_inputs"][number] = {
  device: "test",
  type: "test",
  label: "Test pattern",
  capabilities: ["1280x720@30", "1280x720@60", "1920x1080@30", "640x360@30"],
  status: "available",
};
const SIMULATED_CAR: DeviceStatus["media_inputs"][number] = {
  device: "car",
  type: "car",
  label: "Simulated car",
  capabilities: ["640x360@30", "1280x720@30"],
  status: "available",
};
const NO_MACHINE: MachineState = { cpu_percent: 0, mem_used_mb: 0, uptime_s: 0 };

/** Makes the function that reads the device's status. */
export function createStatusReader(options: StatusReaderOptions): () => Promise<DeviceStatus> {
  const { log, tools, readKernel, readMachine, readMedia, broadcaster, update, vehicle } = options;
  const { simulatedCar, settings, recording } = options;
  const signals = kept(options.clock, async () => {
    const levels = await guard("signal", readSignals(tools.run, readKernel), new Map());
    options.signals?.(levels, options.clock.now());
    return levels;
  });
  const inputs = kept(options.clock, () => {
    const uses = (device: string) => broadcaster.uses(device);
    return guard("video inputs", readVideoInputs(tools.run, { read: readKernel, uses }), []);
  });
  return async () => {
    const [interfaces, levels, found, saved, machine] = await Promise.all([
      guard("interfaces", readInterfaces(readKernel), []),
      signals() as Promise<ReadonlyMap<string, Signal>>,
      inputs(),
      guard("saved media", readMedia(), []),
      guard("machine", readMachine(), NO_MACHINE),
    ]);
    const { state, running } = broadcaster;
    const driven = vehicle();
    const pushed = settings();
    const recorded = recording();
    return {
      network_interfaces: interfaces.slice(0, MAX_INTERFACES)
        .map((each) => ({ ...each, ...levels.get(each.name) })),
      media_inputs: [...found, ...(simulatedCar ? [SIMULATED_CAR] : []), TEST_PICTURE],
      saved_media: saved,
      stream_state: state,
      running_streams: running,
      ...machine,
      update: update() ?? null,
      missing_tools: [...tools.missing].sort(),
      ...(driven && { vehicle: driven }),
      ...(pushed && { settings: pushed }),
      ...(recorded && { recording: recorded }),
    };
  };

  async function guard<T>(what: string, reading: Promise<T>, otherwise: T): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      log.warn("probe failed", { what, error });
      return otherwise;
    }
  }
}

/** Whether two states differ in what is reported at once: all but load, signal and time. */
export function differs(before: DeviceStatus, after: DeviceStatus): boolean {
  return essence(before) !== essence(after);
}

/** The figures of the paths of a stream with the signals of their interfaces, where these have one. */
export function withSignals(
  links: readonly LinkStats[],
  interfaces: DeviceStatus["network_interfaces"],
): LinkStats[] {
  const levels = new Map(interfaces.map(({ name, signal_dbm }) => [name, signal_dbm]));
  return links.map((link) => {
    const signal_dbm = levels.get(link.interface);
    return typeof signal_dbm === "number" ? { ...link, signal_dbm } : link;
  });
}

function essence(status: DeviceStatus): string {
  const { network_interfaces, media_inputs, saved_media, stream_state, running_streams } = status;
  const interfaces = network_interfaces.map((each) => [
    each.name,
    each.state,
    each.ip,
    each.has_default_route,
    each.modem,
  ]);
  return JSON.stringify([
    interfaces,
    media_inputs,
    saved_media,
    stream_state,
    running_streams,
    status.update,
    status.missing_tools,
    status.vehicle,
    status.settings,
    // How far each gap is, is reported with the next status.
    status.recording?.on,
    status.recording?.trouble,
    status.recording?.gaps.map(({ stream_id, at_ms }) => [stream_id, at_ms]),
  ]);
}

function kept<T>(clock: Clock, read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  let at: Millis | undefined;
  return () => {
    const now = clock.now();
    if (value && at !== undefined && now - at < SLOW_PERIOD) return value;
    at = now;
    value = read();
    return value;
  };
}
