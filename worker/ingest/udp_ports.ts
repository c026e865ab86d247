/**
 * Reads which UDP ports are bound on this machine from the list of the Linux kernel.
 *
 * @module
 */

/** Whether a socket of this machine has the UDP port. False also on systems without the list. */
export function isUdpPortBound(port: number): boolean {
  return ["/proc/net/udp", "/proc/net/udp6"].some((file) => {
    try {
      return boundPorts(Deno.readTextFileSync(file)).has(port);
    } catch {
      return false;
    }
  });
}

/** The local ports in a table with the format of `/proc/net/udp`. */
export function boundPorts(table: string): ReadonlySet<number> {
  const ports = table.split("\n").slice(1).flatMap((line) => {
    const [, hex] = /^\s*\d+:\s+[0-9A-F]+:([0-9A-F]{4})\s/.exec(line) ?? [];
    return hex ? [parseInt(hex, 16)] : [];
  });
  return new Set(ports);
}
