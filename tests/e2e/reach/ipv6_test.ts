import { equal, match } from "node:assert/strict";

/** Gives a namespace a network of IPv6 alone. The name of the interface matters: browsers pass some over. */
const NETWORK = [
  "ip link set lo up",
  "ip address delete 127.0.0.1/8 dev lo",
  "ip link add eth0 type veth peer name eth1",
  "ip link set eth0 up",
  "ip link set eth1 up",
  "ip -6 address add fd77::1/64 dev eth0 nodad",
  "ip -6 route add default via fe80::1 dev eth0",
].join(" && ");

Deno.test("[RCH5] with addresses of IPv6 alone a game plays over UDP, and over TCP where the browser gives no address", async () => {
  const script = new URL("../../support/reach/ipv6_only.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["-n", "sh", "-c", `${NETWORK} && exec ${Deno.execPath()} run -A --no-check ${script}`],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout);
  equal(code, 0, said + new TextDecoder().decode(stderr));
  const [shown, hidden] = said.split("\n");
  match(shown!, /^http:\/\/\[::1\]:\d+ over UDP from \[?(fd77::1|::1)/);
  match(hidden!, /^http:\/\/\[::1\]:\d+ over TCP$/);
});
