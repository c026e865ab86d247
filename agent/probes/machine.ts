/**
 * Processor, memory, temperature and uptime of the device.
 *
 * @module
 */
import type { DeviceStatus } from "../../protocol/field/device.ts";
import { readLine, readText } from "./files.ts";

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

/** Makes the function that reads the machine. The processor load is measured since the last reading. */
export function createMachineReader(): () => Promise<MachineState> {
  let before: CpuTimes | undefined;
  return async () => {
    const [stat = "", memory = "", uptime = ""] = await Promise.all(
      ["/proc/stat", "/proc/meminfo", "/proc/uptime"].map(readText),
    );
    const now = parseCpuTimes(stat);
    const cpu = now && before ? cpuPercent(before, now) : 0;
    before = now;
    const temperature = await readTemperature();
    return {
      cpu_percent: cpu,
      ...parseMemory(memory),
      uptime_s: Math.floor(Number(uptime.split(" ")[0]) || 0),
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
async function readTemperature(root = "/sys/class/thermal"): Promise<number | undefined> {
  try {
    const zones = (await Array.fromAsync(Deno.readDir(root)))
      .filter(({ name }) => name.startsWith("thermal_zone"));
    const readings = await Promise.all(
      zones.map(async ({ name }) => Number(await readLine(`${root}/${name}/temp`)) / 1000),
    );
    const sane = readings.filter((celsius) => celsius > -50 && celsius < 200);
    return sane.length > 0 ? Math.round(Math.max(...sane) * 10) / 10 : undefined;
  } catch {
    return undefined;
  }
}
