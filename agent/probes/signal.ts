/**
 * Signal levels of wireless links: Wi-Fi from the kernel's list, modems from ModemManager where it runs.
 *
 * @module
 */
import { parseModem, parseModemList, type Signal } from "./modem.ts";
import type { ReadKernelFiles } from "./kernel_files.ts";
import type { RunTool } from "./tool.ts";

/** Most modems that are asked; each takes two programs. */
const MAX_MODEMS = 8;
const WIRELESS = "/proc/net/wireless";

/** Signals by interface name. */
export async function readSignals(
  run: RunTool,
  read: ReadKernelFiles,
): Promise<ReadonlyMap<string, Signal>> {
  const wifi = parseWireless((await read([WIRELESS])).get(WIRELESS) ?? "");
  const modems = await readModems(run);
  return new Map([...wifi, ...modems]);
}

/** `/proc/net/wireless`: the level of each interface, in dBm. */
export function parseWireless(table: string): ReadonlyMap<string, Signal> {
  const levels = new Map<string, Signal>();
  for (const line of table.split("\n").slice(2)) {
    const [, name, level] = /^\s*(\S+):\s+\S+\s+\S+\s+(-?\d+)\./.exec(line) ?? [];
    const dbm = Number(level);
    if (name && dbm < 0 && dbm >= -200) levels.set(name, { signal_dbm: dbm, technology: "Wi-Fi" });
  }
  return levels;
}

async function readModems(run: RunTool): Promise<(readonly [string, Signal])[]> {
  const numbers = parseModemList(await run("mmcli", ["-L", "-J"])).slice(0, MAX_MODEMS);
  const modems = await Promise.all(numbers.map(async (number) => {
    const description = await run("mmcli", ["-m", number, "-J"]);
    return parseModem(description, await run("mmcli", ["-m", number, "--signal-get", "-J"]));
  }));
  return modems.flatMap((modem) => modem ? [[modem.name, modem.signal] as const] : []);
}
