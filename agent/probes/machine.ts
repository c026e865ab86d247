/**
 * Processor, memory, temperature and uptime of the device.
 *
 * @module
 */
import type { DeviceStatus } from "../../protocol/field/device.ts";
import { firstLine, type KernelFiles, type ReadKernelFiles } from "./kernel_files.ts";

/** The fields of the device's status that are read here. */
export type MachineState = Pick<
  DeviceStatus,
  "cpu_percent" | "mem_used_mb" | "mem_total_mb" | "temperature_c" | "uptime_s"
>;

/** Ticks since the start of the machine, of all processors together. */
export interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

/** Sensors that are read, where there are as many. */
const SENSORS = Array.from({ length: 32 }, (_, at) => `/sys/class/thermal/thermal_zone${at}/temp`);
const [STAT, MEMORY, UPTIME] = ["/proc/stat", "/proc/meminfo", "/proc/uptime"] as const;

/** Makes the function that reads the machine. The processor load is measured since the last reading. */
export function createMachineReader(read: ReadKernelFiles): () => Promise<MachineState> {
  let before: CpuTimes | undefined;
  return async () => {
    const files = await read([STAT, MEMORY, UPTIME, ...SENSORS]);
    const now = parseCpuTimes(files.get(STAT) ?? "");
    const cpu = now && before ? cpuPercent(before, now) : 0;
    before = now;
    const temperature = temperatureOf(files);
    return {
      cpu_percent: cpu,
      ...parseMemory(files.get(MEMORY) ?? ""),
      uptime_s: Math.floor(Number(firstLine(files, UPTIME)?.split(" ")[0]) || 0),
      ...(temperature !== undefined && { temperature_c: temperature }),
    };
  };
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseCpuTimes(stat: string): CpuTimes | undefined {
  const match = /^cpu\s+([\d ]+)$/m.exec(stat);
  const ticks = match?.[1]?.trim().split(/\s+/).slice(0, 8).map(Number);
  if (!ticks || ticks.length < 5) return undefined;
  const all = ticks.reduce((sum, value) => sum + value, 0);
  return { busy: all - ticks[3]! - ticks[4]!, all };
}

/** Load between two readings, in percent of all processors. */
export function cpuPercent(before: CpuTimes, after: CpuTimes): number {
  const all = after.all - before.all;
  const busy = after.busy - before.busy;
  return all > 0 ? Math.round(Math.max(0, Math.min(1, busy / all)) * 1000) / 10 : 0;
}

/** Bytes of a kibibyte, which `/proc/meminfo` calls kB. */
const KIBIBYTE = 1024;

/** `/proc/meminfo`, in megabytes of 10⁶ bytes. */
export function parseMemory(
  text: string,
): Pick<MachineState, "mem_used_mb" | "mem_total_mb"> {
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
  const total = kilobytes("MemTotal");
  const available = kilobytes("MemAvailable");
  const megabytes = (kilobytes: number) => Math.round(kilobytes * KIBIBYTE / 1e6);
  if (!(total > 0) || !(available >= 0)) return { mem_used_mb: 0 };
  return {
    mem_used_mb: megabytes(total - available),
    mem_total_mb: megabytes(total),
  };
}

/** The highest of all temperatures, in degrees Celsius. */
function temperatureOf(files: KernelFiles): number | undefined {
  const readings = SENSORS.map((path) => Number(firstLine(files, path) ?? NaN) / 1000);
  const sane = readings.filter((celsius) => celsius > -50 && celsius < 200);
  return sane.length > 0 ? Math.round(Math.max(...sane) * 10) / 10 : undefined;
}
