import { deepEqual } from "node:assert/strict";
import { boundPorts } from "../../../../worker/ingest/udp_ports.ts";

Deno.test("[ING12] the bound ports are read from the kernel's lists for IPv4 and IPv6", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
    "  123: 0100007F:3A98 00000000:0000 07 00000000:00000000 00:00000000 00000000     0",
    " 1904: 00000000000000000000000001000000:0035 0000000000000000:0000 07 00000000:0 0",
    "junk",
    "",
  ].join("\n");
  deepEqual([...boundPorts(table)], [15_000, 53]);
  deepEqual([...boundPorts("")], []);
});
