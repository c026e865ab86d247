/**
 * Which UDP ports are bound on this machine, by Linux's own list.
 *
 * @module
 */

/** Whether a socket of this machine has the port. False also where the system has no such list. */
export function isUdpPortBound(port: number): boolean {
  return ["/proc/net/udp", "/proc/net/udp6"].some((file) => {
    try {
      return boundPorts(Deno.readTextFileSync(file)).has(port);
    } catch {
      return false;
    }
  });
}

/** The local ports of a table as in `/proc/net/udp`. */
export function boundPorts(table: string): ReadonlySet<number> {
  const ports = table.split("\n").slice(1).flatMap((line) => {
    const [, hex] = /^\s*\d+:\s+[0-9A-F]+:([0-9A-F]{4})\s/.exec(line) ?? [];
    return hex ? [parseInt(hex, 16)] : [];
  });
  return new Set(ports);
}
