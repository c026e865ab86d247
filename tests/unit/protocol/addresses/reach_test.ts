import { deepEqual, equal, match } from "node:assert/strict";
import { canonicalHost } from "../../../../protocol/addresses/hosts.ts";
import { findReachable, isPublicAddress } from "../../../../protocol/addresses/reach.ts";

const names = new Map([
  ["live.example", ["203.0.114.7", "2a00:1450::1"]],
  ["rebound.example", ["203.0.114.7", "169.254.169.254"]],
  ["lan.example", ["10.9.1.1"]],
  ["printer.local", ["192.168.7.7"]],
]);
const resolved: string[] = [];
const rules = {
  resolve: (host: string) => {
    resolved.push(host);
    return Promise.resolve(names.get(host) ?? []);
  },
  allowed: ["10.9.0.0/16", "printer.local", "192.168.7.8"],
};
const find = (host: string) => findReachable(canonicalHost(host) ?? "", rules);

Deno.test("[URL1] a public host is found, with the addresses that it is dialled by", async () => {
  deepEqual(await find("live.example"), ["203.0.114.7", "2a00:1450::1"]);
  deepEqual(await find("203.0.114.7"), ["203.0.114.7"]);
  deepEqual(await find("[2a00:1450::1]"), ["2a00:1450::1"]);
  equal(isPublicAddress("2a00:1450::1"), true);
  equal(isPublicAddress("live.example"), false);
});

Deno.test("[URL2] a host inside a private network is refused in every spelling", async () => {
  const inside = [
    ...["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0", "10.0.0.1"],
    ...["172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254", "224.0.0.1"],
    ...["255.255.255.255", "[::1]", "[::]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]"],
    ...["[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fd00:ec2::254]"],
    "rebound.example",
  ];
  for (const host of inside) {
    const found = await find(host);
    match("error" in found ? found.error : "", /it is inside a private network/, host);
  }
  for (const host of ["unknown.example", "localhost"]) {
    const found = await find(host);
    match("error" in found ? found.error : "", /does not resolve/, host);
  }
});

Deno.test("[URL4] hosts and networks that the owner of the installation listed are allowed", async () => {
  deepEqual(await find("10.9.1.1"), ["10.9.1.1"]);
  deepEqual(await find("lan.example"), ["10.9.1.1"]);
  deepEqual(await find("printer.local"), ["192.168.7.7"]);
  deepEqual(await find("192.168.7.8"), ["192.168.7.8"]);
  equal("error" in await find("10.8.1.1"), true);
  equal("error" in await find("192.168.7.7"), true);
});

Deno.test("[URL5] a name is resolved once for each use, and what was found is what is dialled", async () => {
  resolved.length = 0;
  const found = await find("live.example");
  names.set("live.example", ["127.0.0.1"]);
  deepEqual([found, resolved], [["203.0.114.7", "2a00:1450::1"], ["live.example"]]);
});
