/**
 * The address of a viewer without Farpad, as the setting `open_viewer` has it.
 *
 * @module
 */
import { isIP } from "node:net";
import type { Address } from "../../protocol/datagram/ports.ts";
import type { ValueOrFault } from "../../protocol/settings/values.ts";

/** Reads `192.0.2.7:16386` or `[2001:db8::7]:16386`. */
export function readViewerAddress(value: string): ValueOrFault<Address> {
  const [, six, four, digits] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = six ?? four ?? "";
  const port = Number(digits);
  if (isIP(host) === (six === undefined ? 4 : 6) && port >= 1 && port <= 65_535) {
    return { value: { host, port } };
  }
  return { fault: "it must be an IP address and a port, such as 192.0.2.7:16386" };
}
