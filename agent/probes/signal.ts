/**
 * Signal levels of wireless links: Wi-Fi from the kernel's list, modems from ModemManager where it runs.
 *
 * @module
 */
import * as z from "zod/mini";
import type { NetworkInterface } from "../../protocol/field/device.ts";
import { toPlainText } from "../../protocol/plain_text.ts";
import type { ReadKernelFiles } from "./kernel_files.ts";
import type { RunTool } from "./tool.ts";

/** The fields that are added to an interface. */
export type Signal = Pick<
  NetworkInterface,
  "signal_dbm" | "carrier" | "technology" | "rsrp" | "rsrq" | "sinr"
>;

/** Longest names of a network and of its technology, in characters. */
const MAX_CARRIER = 80;
const MAX_TECHNOLOGY = 40;

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

const Values = z.record(z.string(), z.unknown());
const ModemList = z.object({ "modem-list": z.array(z.string()) });
const Modem = z.object({
  modem: z.object({
    "3gpp": z.optional(z.object({ "operator-name": z.optional(z.string()) })),
    generic: z.object({
      ports: z.optional(z.array(z.string())),
      "access-technologies": z.optional(z.array(z.string())),
    }),
  }),
});
const ModemSignal = z.object({ modem: z.object({ signal: Values }) });

/** The modems' numbers, from `mmcli -L -J`. */
export function parseModemList(text: string | undefined): string[] {
  const list = ModemList.safeParse(parseJson(text));
  return list.success
    ? list.data["modem-list"].flatMap((path) => /\/(\d+)$/.exec(path)?.[1] ?? [])
    : [];
}

/** One modem's interface and signal, from `mmcli -m N -J` and `mmcli -m N --signal-get -J`. */
export function parseModem(
  description: string | undefined,
  signal: string | undefined,
): { readonly name: string; readonly signal: Signal } | undefined {
  const modem = Modem.safeParse(parseJson(description));
  if (!modem.success) return undefined;
  const { generic, "3gpp": network } = modem.data.modem;
  const port = generic.ports?.find((each) => each.endsWith("(net)"));
  if (port === undefined) return undefined;
  const carrier = network?.["operator-name"];
  const technology = generic["access-technologies"]?.join("+").toUpperCase();
  return {
    name: port.split(" ")[0]!,
    signal: {
      ...(carrier && carrier !== "--" && { carrier: toPlainText(carrier, MAX_CARRIER) }),
      ...(technology && { technology: toPlainText(technology, MAX_TECHNOLOGY) }),
      ...levels(signal),
    },
  };
}

function levels(text: string | undefined): Signal {
  const found = ModemSignal.safeParse(parseJson(text));
  if (!found.success) return {};
  // One object a technology; the unused ones say "--". The newest technology in use counts.
  for (const technology of ["5g", "lte", "umts", "gsm", "evdo", "cdma1x"]) {
    const values = Values.safeParse(found.data.modem.signal[technology]);
    if (!values.success) continue;
    const { rsrp, rsrq, snr, rssi } = values.data;
    const signal = number(rsrp) ?? number(rssi);
    if (signal === undefined) continue;
    return {
      signal_dbm: Math.round(signal),
      ...known("rsrp", number(rsrp)),
      ...known("rsrq", number(rsrq)),
      ...known("sinr", number(snr)),
    };
  }
  return {};
}

async function readModems(run: RunTool): Promise<(readonly [string, Signal])[]> {
  const numbers = parseModemList(await run("mmcli", ["-L", "-J"]));
  const modems = await Promise.all(numbers.map(async (number) => {
    const description = await run("mmcli", ["-m", number, "-J"]);
    return parseModem(description, await run("mmcli", ["-m", number, "--signal-get", "-J"]));
  }));
  return modems.flatMap((modem) => modem ? [[modem.name, modem.signal] as const] : []);
}

function known<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : { [key]: value } as { [P in K]: number };
}

function number(value: unknown): number | undefined {
  const found = typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
  return Number.isFinite(found) ? found : undefined;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
