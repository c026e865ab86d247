/**
 * What a device's modems do and which programs it lacks, in words.
 *
 * @module
 */
import type { ModemReport } from "../../../protocol/field/device.ts";
import type { Status } from "../model/fleet_state.ts";

const LOCKS: Readonly<Record<string, string>> = {
  "sim-pin": "The SIM card wants its PIN",
  "sim-puk": "The SIM card wants its PUK",
};
const FAILURES: Readonly<Record<string, string>> = {
  "sim-missing": "There is no SIM card",
  "sim-error": "The SIM card cannot be read",
};
const STATES: Readonly<Record<string, string>> = {
  initializing: "The modem starts",
  disabled: "The modem is turned off",
  disabling: "The modem is being turned off",
  enabling: "The modem is being turned on",
  enabled: "In no network",
  searching: "Searching for a network",
  registered: "In the network, without a data connection",
  connecting: "Connecting to the network's data",
  disconnecting: "Disconnecting from the network's data",
};

/** What keeps a modem from carrying data, and whether it roams; `undefined` when there is nothing to say. */
export function modemWords(
  { state, registration, lock, reason }: ModemReport,
): string | undefined {
  if (state === "locked") return LOCKS[lock ?? ""] ?? `The modem is locked: ${lock ?? "no reason"}`;
  if (state === "failed") {
    return FAILURES[reason ?? ""] ?? `The modem failed: ${reason ?? "unknown"}`;
  }
  if (registration === "denied") return "The network refuses this SIM card";
  const roams = registration === "roaming" ? "Roaming" : undefined;
  return [STATES[state], roams].filter(Boolean).join(", ") || undefined;
}

/** Which programs to install on the device for figures that it cannot report; only what concerns its hardware. */
export function missingToolWords(
  { missing_tools, network_interfaces, media_inputs }: Pick<
    Status,
    "missing_tools" | "network_interfaces" | "media_inputs"
  >,
): string[] {
  const lacks = (tool: string) => missing_tools?.includes(tool) ?? false;
  const hasModem = network_interfaces.some(({ type }) => type === "cellular");
  const hasCamera = media_inputs.some(({ type }) => type === "v4l2");
  return [
    ...(lacks("mmcli") && hasModem
      ? ["The signal of modems is not known: install modemmanager on the device."]
      : []),
    ...(lacks("v4l2-ctl") && hasCamera
      ? ["The modes of cameras are not known: install v4l-utils on the device."]
      : []),
  ];
}
