/**
 * Reads what ModemManager's `mmcli -J` prints of a modem: its interface, state, network and signal. It prints `--` for
 * what it does not know; whatever is not of the expected kind is left out.
 *
 * @module
 */
import * as z from "zod/mini";
import type { ModemReport, NetworkInterface } from "../../protocol/field/device.ts";
import { toPlainText } from "../../protocol/plain_text.ts";

/** The fields that are added to an interface. */
export type Signal = Pick<
  NetworkInterface,
  | "signal_dbm"
  | "signal_percent"
  | "carrier"
  | "technology"
  | "rsrp"
  | "rsrq"
  | "sinr"
  | "modem"
>;

/** Longest names of a network and of its technology, of a state and of a reason, in characters. */
const MAX = { carrier: 80, technology: 40, state: 20, reason: 40 } as const;

/** A text that may be anything; absent when it is none. */
const Maybe = z.catch(z.optional(z.string()), undefined);
const Names = z.catch(z.optional(z.array(z.string())), undefined);
const Values = z.record(z.string(), z.unknown());
const ModemList = z.object({ "modem-list": z.array(z.string()) });
const Modem = z.object({
  modem: z.object({
    "3gpp": z.catch(
      z.optional(z.object({ "operator-name": Maybe, "registration-state": Maybe })),
      undefined,
    ),
    generic: z.object({
      ports: Names,
      "access-technologies": Names,
      state: Maybe,
      "state-failed-reason": Maybe,
      "unlock-required": Maybe,
      "signal-quality": z.catch(z.optional(z.object({ value: z.unknown() })), undefined),
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
  const technology = generic["access-technologies"]?.join("+").toUpperCase();
  const percent = number(generic["signal-quality"]?.value);
  return {
    name: port.split(" ")[0]!,
    signal: {
      ...word("carrier", network?.["operator-name"], MAX.carrier),
      ...word("technology", technology, MAX.technology),
      ...levels(signal),
      ...(percent !== undefined && percent >= 0 && percent <= 100 && { signal_percent: percent }),
      ...stateOf(modem.data),
    },
  };
}

function stateOf({ modem: { generic, "3gpp": network } }: z.infer<typeof Modem>): Signal {
  const { state } = word("state", generic.state, MAX.state);
  if (state === undefined) return {};
  const modem: ModemReport = {
    state,
    ...word("registration", network?.["registration-state"], MAX.state),
    // A modem in use may name a lock that does not matter, such as that of a second PIN.
    ...(state === "locked" && word("lock", generic["unlock-required"], MAX.state)),
    ...(state === "failed" && word("reason", generic["state-failed-reason"], MAX.reason)),
  };
  return { modem };
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
    if (signal === undefined || signal < -200 || signal > 50) continue;
    return {
      signal_dbm: Math.round(signal),
      ...known("rsrp", number(rsrp)),
      ...known("rsrq", number(rsrq)),
      ...known("sinr", number(snr)),
    };
  }
  return {};
}

function word<K extends string>(
  key: K,
  text: string | undefined,
  max: number,
): { [P in K]?: string } {
  const isKnown = text !== undefined && text !== "" && text !== "--";
  return isKnown ? { [key]: toPlainText(text, max) } as { [P in K]: string } : {};
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
